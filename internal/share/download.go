package share

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"insyn/internal/dossier"
)

// rendering is one file that can be downloaded.
type rendering struct {
	media    string
	portable bool
	write    func(dossier.Printer, io.Writer, *dossier.Reader) error
}

func downloads() map[string]rendering {
	exact := func(_ dossier.Printer, w io.Writer, r *dossier.Reader) error { return r.JSON(w) }
	archive := func(p dossier.Printer, w io.Writer, r *dossier.Reader) error { return p.ZIP(w, r) }
	return map[string]rendering{
		"download.csv":  {"text/csv; charset=utf-8", false, func(p dossier.Printer, w io.Writer, r *dossier.Reader) error { return p.CSV(w, r) }},
		"download.json": {"application/json", false, exact},
		"download.zip":  {"application/zip", false, archive},
		"portable.json": {"application/json", true, exact},
		"portable.zip":  {"application/zip", true, archive},
	}
}

// download streams a rendering. A fault after the first byte breaks the connection, so that half a file is never
// taken for the whole.
func (s *site) download(name string) func(http.ResponseWriter, *http.Request, opened) error {
	what := downloads()[name]
	return func(w http.ResponseWriter, r *http.Request, o opened) error {
		data := o.dossier
		if what.portable {
			if !data.HasPortable() {
				return errNotFound
			}
			data = data.Portable()
		}
		p, err := s.house(r, o)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", what.media)
		w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%d-%s"`,
			s.Texts.Label(o.lang, "share.file_name"), data.Meta().RequestID, name))
		if r.Method == http.MethodHead {
			return nil
		}
		if err := s.record(r.Context(), o.link, Downloaded, nil, o.browser, EventBody{Lang: o.lang}); err != nil {
			return err
		}
		seen, err := s.readOpenings(r.Context(), o, p.Loc)
		if err != nil {
			return err
		}
		for _, one := range seen {
			p.Openings = append(p.Openings, one.At+": "+one.What)
		}
		out := &patient{w: w, c: http.NewResponseController(w)}
		if err := what.write(p, out, data); err != nil {
			if !out.began {
				w.Header().Del("Content-Disposition")
				return err
			}
			s.Log.LogAttrs(r.Context(), slog.LevelError, "share: download broken off", slog.Int64("link", o.link.id), slog.String("error", err.Error()))
			panic(http.ErrAbortHandler)
		}
		return nil
	}
}

// patient gives each write its own time: a slow line may take long over a large file, but must go on taking.
type patient struct {
	w     io.Writer
	c     *http.ResponseController
	began bool
}

// Write lengthens the deadline and writes.
func (p *patient) Write(b []byte) (int, error) {
	p.began = true
	_ = p.c.SetWriteDeadline(time.Now().Add(time.Minute)) // not supported by a test recorder
	return p.w.Write(b)
}
