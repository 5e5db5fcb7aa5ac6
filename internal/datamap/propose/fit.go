package propose

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"insyn/internal/datamap"
)

// fit writes the map, holds it against the live schema as every later check will, and takes the next action wherever one is
// impossible. What has no possible action is kept, with the question what should become of it.
func (p *proposer) fit(ctx context.Context, d *draft) ([]byte, error) {
	for range 12 {
		text := d.text(nil)
		m, err := datamap.Parse("proposal", text)
		if err != nil {
			var faults datamap.ParseErrors
			if errors.As(err, &faults) && d.circle(faults) {
				continue
			}
			return text, fmt.Errorf("the proposed map does not parse, which is a fault of this program: %w", err)
		}
		plan, problems, err := datamap.CheckCatalog(ctx, p.pool, m, p.Source, p.catalog)
		if err != nil {
			return text, err
		}
		changed := false
		for _, one := range problems.Of(datamap.Stops) {
			changed = d.mend(one) || changed
		}
		if !changed {
			return d.text(p.indexes(plan)), nil
		}
	}
	return nil, errors.New("no map was found whose actions are all possible, which is a fault of this program")
}

// mend changes what a problem names, and says whether it did.
func (d *draft) mend(problem datamap.Problem) bool {
	for _, t := range d.tables {
		if t.name == problem.Place {
			return t.mend(problem)
		}
		column, ok := strings.CutPrefix(problem.Place, t.name+".")
		if !ok {
			continue
		}
		for _, c := range t.columns {
			if c.name == column {
				return c.mend(problem)
			}
		}
	}
	return false
}

// mend of a table lets its rows stay: a foreign key keeps them, or would take others along.
func (t *draftTable) mend(problem datamap.Problem) bool {
	if strings.Contains(problem.Mend, "be deleted too") || strings.Contains(problem.Mend, "be erased with delete_row too") {
		if t.erase == "" && t.kind.is != isKept && t.kind.is != isPart && len(t.kind.ties) == 1 && len(t.kind.via) == 0 {
			t.erase = datamap.DeleteRow
			t.decide = append(t.decide, "its rows hang on rows that are deleted: they go too (as proposed), or both stay")
			return true
		}
	}
	return false
}

// mend of a column takes its next action.
func (c *draftColumn) mend(problem datamap.Problem) bool {
	if strings.Contains(problem.Text, "may not") || strings.HasPrefix(problem.Text, "undecided") || c.erase == "" && c.json == "" && !c.scan {
		return false
	}
	c.scan, c.json = c.scan && strings.Contains(problem.Text, "check"), ""
	if len(c.alts) > 0 {
		c.erase, c.alts = c.alts[0], c.alts[1:]
		return true
	}
	c.erase, c.scan, c.document, c.encoding = "", false, "", ""
	c.keep = "no action is possible"
	c.decide = strings.NewReplacer("\n", " ").Replace("kept, since " + problem.Text + ": " + problem.Mend)
	return true
}

// circle takes the last way of a table whose ways run in a circle.
func (d *draft) circle(faults datamap.ParseErrors) bool {
	for _, f := range faults {
		for _, t := range d.tables {
			if strings.Contains(f.Text, "the path of "+t.name+" runs in a circle") && len(t.paths) > 1 {
				t.paths = t.paths[:len(t.paths)-1]
				return true
			}
		}
	}
	return false
}
