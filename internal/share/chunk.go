package share

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
)

// ahead is how many rows are fetched at once when reading goes forwards.
const ahead = 16

// chunkReader is an io.ReaderAt over the rows of an artefact. It keeps the rows of the last fetch, and no connection
// between two fetches, so that a slow download does not hold one.
type chunkReader struct {
	ctx      context.Context //nolint:containedctx // io.ReaderAt has none; the reader lives as long as one request
	db       postgres.Querier
	artefact int64
	size     int64

	mu   sync.Mutex
	rows map[int64][]byte
	next int64 // the row after the last fetch
}

// ReadAt reads across rows. A row that is missing or of another length is an error.
func (r *chunkReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("artefact %d: negative offset", r.artefact)
	}
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		row, err := r.row(at / chunkSize)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], row[at%chunkSize:])
	}
	return n, nil
}

func (r *chunkReader) row(no int64) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if b, ok := r.rows[no]; ok {
		return b, nil
	}
	// Each piece of age's stream is a little longer than a row and so crosses into the next.
	count := int64(2)
	if no == r.next {
		count = ahead
	}
	if err := r.fetch(no, count); err != nil {
		return nil, err
	}
	b, ok := r.rows[no]
	if !ok {
		return nil, fmt.Errorf("artefact %d: chunk %d is missing: %w", r.artefact, no, ErrArtefact)
	}
	return b, nil
}

func (r *chunkReader) fetch(from, count int64) error {
	rows, err := r.db.Query(r.ctx, `
		select no,
		       bytes
		  from insyn.artefact_chunk
		 where artefact_id = $1
		   and no >= $2
		   and no < $3`, r.artefact, from, from+count)
	if err != nil {
		return fmt.Errorf("read chunks of artefact %d: %w", r.artefact, err)
	}
	got := make(map[int64][]byte, count)
	var no int64
	var b []byte
	_, err = pgx.ForEachRow(rows, []any{&no, &b}, func() error {
		if want := min(chunkSize, r.size-no*chunkSize); int64(len(b)) != want {
			return fmt.Errorf("artefact %d: chunk %d has a wrong length: %w", r.artefact, no, ErrArtefact)
		}
		got[no] = b
		b = nil
		return nil
	})
	if err != nil {
		return fmt.Errorf("read chunks of artefact %d: %w", r.artefact, err)
	}
	if last, ok := r.rows[from-1]; ok {
		got[from-1] = last
	}
	r.rows, r.next = got, from+count
	return nil
}
