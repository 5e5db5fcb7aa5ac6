package datamap

import (
	"os"
	"regexp"
	"testing"
)

// The page that describes the format names every key.
func TestFormatPageNamesEveryKey(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{Map{}, Category{}, Purpose{}, Basis{}, Recipient{}, Retention{}, Source{}, Subject{}, Staff{}, Table{}, rawPath{}, Keep{}, Warn{}, Column{}, JSONRule{}} {
		for _, key := range keysOf(v) {
			if !regexp.MustCompile("\\b" + key + "\\b[:`]").Match(page) {
				t.Errorf("FORMAT.md does not name %q of %T", key, v)
			}
		}
	}
}
