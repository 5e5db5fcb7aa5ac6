package adminweb

import (
	"net/http"
)

// keptPage lists what is fenced: rows that erasures had to leave because a law keeps them.
type keptPage struct {
	frame
	Sources []keptSource
	Empty   bool
}

// keptSource is one database. Oldest is the first day on which something is over.
type keptSource struct {
	Name, Oldest  string
	Rows, Overdue int
	Lines         []keptLine
}

type keptLine struct {
	Label, Law, Until string
	Rows              int
	Columns, Overdue  bool
}

func (s *site) keptPage(w http.ResponseWriter, v *visit) error {
	today := v.today()
	p := keptPage{frame: v.frame("receipt.fence.title"), Empty: true}
	for _, src := range s.Sources {
		list, err := src.Fenced(v.Context(), nil)
		if err != nil {
			return err
		}
		of := keptSource{Name: v.in(src.Label())}
		for _, f := range list {
			line := keptLine{
				Label: or(v.in(f.Label), f.Table), Law: or(v.in(f.Law), f.Rule), Until: f.Until.In(v.Lang), Rows: f.Rows,
				Columns: f.Columns, Overdue: f.Overdue(today),
			}
			if of.Oldest == "" {
				of.Oldest = line.Until
			}
			of.Rows += f.Rows
			if line.Overdue {
				of.Overdue += f.Rows
			}
			of.Lines = append(of.Lines, line)
		}
		p.Empty = p.Empty && len(of.Lines) == 0
		p.Sources = append(p.Sources, of)
	}
	return s.show(w, v, http.StatusOK, "kept", p)
}
