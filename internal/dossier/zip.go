package dossier

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ZIP writes an archive: a CSV file a section, the exact data with its schema, and a text that explains all of it.
func (p Printer) ZIP(w io.Writer, r *Reader) error {
	z := zip.NewWriter(w)
	files := []struct {
		name  string
		write func(io.Writer) error
	}{
		{p.Label("file.readme_name"), func(w io.Writer) error { return p.Readme(w, r) }},
		{"data.json", r.JSON},
		{"schema.json", func(w io.Writer) error { return p.Schema(w, r) }},
	}
	for i, s := range r.Filled() {
		name := fmt.Sprintf("%02d-%s.csv", i+1, slug(s.Label.In(p.Lang)))
		files = append(files, struct {
			name  string
			write func(io.Writer) error
		}{name, func(w io.Writer) error { return p.SectionCSV(w, r, s) }})
	}
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: r.Meta().AsOf.UTC()}
		h.SetMode(0o600)
		part, err := z.CreateHeader(h)
		if err != nil {
			return fmt.Errorf("add a file to the archive: %w", err)
		}
		if err := f.write(part); err != nil {
			return err
		}
	}
	return z.Close()
}

// Readme explains the archive and says everything that the page says beside the data.
func (p Printer) Readme(w io.Writer, r *Reader) error {
	b := bufio.NewWriter(w)
	line := func(s string) { _, _ = b.WriteString(strings.ReplaceAll(s, "\n", "\r\n") + "\r\n") }
	title, err := p.passage("access.title", p.Vars(r.Meta()))
	if err != nil {
		return err
	}
	summary, err := p.Summary(r)
	if err != nil {
		return err
	}
	object, err := p.Object(r)
	if err != nil {
		return err
	}
	parts, err := p.About(r)
	if err != nil {
		return err
	}
	if len(p.Openings) > 0 {
		parts = append(parts, p.opened())
	}
	line(title.Text + "\n\n" + summary.Text + "\n")
	if r.portable {
		line(p.Label("file.readme_portable") + "\n")
	}
	if why := r.Meta().Refused.In(p.Lang); why != "" {
		line(why + "\n")
	}
	line(p.Label("file.readme_files") + "\n" + p.Label("file.csv_note") + "\n")
	line(object.Text + "\n")
	for _, s := range r.Filled() {
		facts, err := p.Facts(r.Meta(), s.Section)
		if err != nil {
			return err
		}
		line(s.Label.In(p.Lang))
		for _, f := range facts {
			line("- " + f.Term + ": " + f.Text)
		}
		line("")
	}
	for _, part := range parts {
		line(part.Heading)
		for _, text := range part.Passages {
			if part.List {
				line("- " + text.Text)
			} else {
				line(text.Text)
			}
		}
		line("")
	}
	return b.Flush()
}

// slug makes a file name that every system takes: a to z, digits and hyphens.
func slug(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String()[:min(b.Len(), 40)], "-")
}
