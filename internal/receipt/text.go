package receipt

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Text writes the page for a terminal.
func (p Page) Text(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(w, "%s\n%s\n", p.Title, p.Lead)
	if p.Verdict != "" {
		_, _ = fmt.Fprintln(w, p.Verdict)
	}
	for _, part := range p.Parts {
		_, _ = fmt.Fprintf(w, "\n%s\n", part.Title)
		for _, s := range part.Text {
			_, _ = fmt.Fprintf(w, "  %s\n", s)
		}
		for _, f := range part.Facts {
			_, _ = fmt.Fprintf(w, "  %s:\t%s\n", f.Label, f.Value)
		}
		if part.Table != nil {
			for _, row := range append([][]string{part.Table.Head}, part.Table.Rows...) {
				_, _ = fmt.Fprintf(w, "  %s\n", strings.Join(row, "\t"))
			}
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the receipt: %w", err)
	}
	return nil
}
