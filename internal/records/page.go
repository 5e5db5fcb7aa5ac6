package records

import (
	"runtime"
	"sync"

	"insyn/internal/dossier"
	"insyn/internal/mention"
)

// page is some rows on their way from the server into the dossier.
type page struct {
	raw     []byte
	ends    []int // of each value in raw; below 0 for null
	rows    int
	keys    []string  // of the rows, where they are asked for
	circles []*circle // who shares each row, where others are covered
	theirs  []uint64  // of each row: the columns that are about somebody else

	records []dossier.Record
	err     error
	told    chan struct{}
}

// A page ends with the row that reaches one of these.
const (
	pageRows  = 256
	pageBytes = 256 << 10
)

func (p *page) full() bool { return p.rows >= pageRows || len(p.raw) >= pageBytes }

func (p *page) add(values [][]byte) {
	for _, v := range values {
		if v == nil {
			p.ends = append(p.ends, -1)
			continue
		}
		p.raw = append(p.raw, v...)
		p.ends = append(p.ends, len(p.raw))
	}
	p.rows++
}

// circle gives who shares row i; nil where nothing is covered.
func (p *page) circle(i int) *circle {
	if p.circles == nil {
		return nil
	}
	return p.circles[i]
}

// flow brings the rows of a table through in their order: next reads a page, and says whether more may come; then it is
// told, and delivered. Where more come, these three go on at once: the server, we, and who takes the records. Few pages
// are held, however many there are. After an error, stop must let a waiting next return.
func (r *telling) flow(next func() (*page, bool, error), deliver func(*page) error, stop func()) error {
	p, more, err := next()
	if err != nil {
		return err
	}
	if !more {
		if err := r.tell(p, &mention.Text{}); err != nil {
			return err
		}
		return deliver(p)
	}
	workers := runtime.GOMAXPROCS(0)
	todo, order := make(chan *page, workers), make(chan *page, workers)
	done := make(chan struct{})
	var all sync.WaitGroup
	var failed error // of reading; read after order is closed
	all.Go(func() {
		defer close(order)
		defer close(todo)
		for {
			p.told = make(chan struct{})
			select {
			case order <- p:
			case <-done:
				return
			}
			todo <- p
			if !more {
				return
			}
			if p, more, failed = next(); failed != nil {
				return
			}
		}
	})
	for range workers {
		all.Go(func() {
			room := &mention.Text{}
			for p := range todo {
				p.err = r.tell(p, room)
				close(p.told)
			}
		})
	}
	err = func() error {
		for p := range order {
			<-p.told
			if p.err != nil {
				return p.err
			}
			if err := deliver(p); err != nil {
				return err
			}
		}
		return failed
	}()
	if err != nil {
		close(done)
		stop()
	}
	all.Wait()
	return err
}

// resolve finds out who shares the rows of the page. The crew knows them.
func (r *telling) resolve(p *page) {
	if r.m == nil {
		return
	}
	p.circles = make([]*circle, p.rows)
	for i := range p.circles {
		p.circles[i] = r.m.circle(r.near[p.keys[i]])
	}
}
