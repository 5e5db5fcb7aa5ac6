package share

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"
)

// formValue reads a field. Longer than limit (bytes) and what is no text is refused.
func formValue(r *http.Request, name string, limit int) (string, error) {
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return "", err
		}
		return "", errBody // the error of net/url quotes the form
	}
	v := r.PostForm.Get(name)
	if len(v) > limit {
		return "", &http.MaxBytesError{Limit: int64(limit)}
	}
	if !utf8.ValidString(v) {
		return "", errBody
	}
	return strings.TrimSpace(strings.ReplaceAll(v, "\x00", "")), nil
}

// formValues reads several fields of text.
func formValues(r *http.Request, to map[string]*string) error {
	for name, v := range to {
		var err error
		if *v, err = formValue(r, name, textLimit); err != nil {
			return err
		}
	}
	return nil
}
