package records

// progress tells how far a pass is, in bytes of the tables as they are stored.
type progress struct {
	tell        func(done, total int64)
	done, total int64
	last        int64
}

func newProgress(tables []*scanTable, tell func(done, total int64)) *progress {
	p := &progress{tell: tell, total: 1}
	for _, t := range tables {
		p.total += t.bytes
	}
	return p
}

// within is called inside a table. How many rows it has is an estimate, so the share is bounded; where nobody has counted,
// the bytes copied must do.
func (p *progress) within(t *scanTable, rows, bytes int64) {
	part := min(bytes, t.bytes)
	if t.rows > 0 {
		part = int64(float64(t.bytes) * min(1, float64(rows)/float64(t.rows)))
	}
	p.say(p.done + part)
}

func (p *progress) table(t *scanTable) {
	p.done += t.bytes
	p.say(p.done)
}

func (p *progress) end() { p.say(p.total) }

func (p *progress) say(done int64) {
	if p.last = max(p.last, min(done, p.total)); p.tell != nil {
		p.tell(p.last, p.total)
	}
}
