package share

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"filippo.io/age"
	"github.com/jackc/pgx/v5"

	"insyn/internal/dossier"
	"insyn/internal/postgres"
)

// chunkSize is the length of a chunk row, the last one apart.
const chunkSize = 64 << 10

// ErrArtefact tells that an artefact is gone, damaged or of another link. No byte of a damaged chunk is served.
var ErrArtefact = errors.New("artefact cannot be opened")

// Store writes what fill gives as the artefact of a link, encrypted so that only token opens it again, and ties it to
// the link's row where there is one. Chunks are written while fill runs, inside tx.
func Store(ctx context.Context, tx pgx.Tx, requestID, linkID int64, token Token, fill func(dossier.Sink) error) (artefactID, size int64, err error) {
	salt := make([]byte, 32)
	_, _ = rand.Read(salt)
	err = tx.QueryRow(ctx, `
		insert into insyn.artefact (request_id, salt)
		values ($1, $2)
		returning id`, requestID, salt).Scan(&artefactID)
	if err != nil {
		return 0, 0, fmt.Errorf("insert artefact of request %d: %w", requestID, err)
	}
	rows := &chunkWriter{ctx: ctx, tx: tx, artefact: artefactID}
	enc, err := age.Encrypt(rows, wrapper{token.artefactKey(salt, linkID)})
	if err != nil {
		return 0, 0, fmt.Errorf("encrypt artefact %d: %w", artefactID, err)
	}
	stream := dossier.NewWriter(enc)
	if err := fill(stream); err != nil {
		return 0, 0, fmt.Errorf("fill artefact %d: %w", artefactID, err)
	}
	if err := errors.Join(stream.Close(), enc.Close(), rows.flush()); err != nil {
		return 0, 0, fmt.Errorf("write artefact %d: %w", artefactID, err)
	}
	meta, records := stream.Written()
	_, err = tx.Exec(ctx, `
		update insyn.artefact
		   set size = $2,
		       records = $3,
		       as_of = case when $4::timestamptz > '1970-01-02' then $4 else as_of end
		 where id = $1`, artefactID, rows.size, records, meta.AsOf)
	if err != nil {
		return 0, 0, fmt.Errorf("finish artefact %d: %w", artefactID, err)
	}
	_, err = tx.Exec(ctx, `update insyn.link set artefact_id = $2 where id = $1`, linkID, artefactID)
	if err != nil {
		return 0, 0, fmt.Errorf("tie artefact %d to its link: %w", artefactID, err)
	}
	return artefactID, rows.size, nil
}

// chunkWriter cuts what is written into rows.
type chunkWriter struct {
	ctx      context.Context
	tx       pgx.Tx
	artefact int64
	no       int
	size     int64
	buf      []byte
}

// Write keeps p until a row is full.
func (w *chunkWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		part := p[:min(len(p), chunkSize-len(w.buf))]
		w.buf = append(w.buf, part...)
		p = p[len(part):]
		if len(w.buf) == chunkSize {
			if err := w.flush(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (w *chunkWriter) flush() error {
	if len(w.buf) == 0 {
		return nil
	}
	_, err := w.tx.Exec(w.ctx, `
		insert into insyn.artefact_chunk (artefact_id, no, bytes)
		values ($1, $2, $3)`, w.artefact, w.no, w.buf)
	if err != nil {
		return fmt.Errorf("insert chunk %d: %w", w.no, err)
	}
	w.no++
	w.size += int64(len(w.buf))
	w.buf = w.buf[:0]
	return nil
}

// Open reads the artefact of a link with the token, as a handler's review does before the link is sent.
func Open(ctx context.Context, db postgres.Querier, linkID int64, token Token) (*dossier.Reader, error) {
	var artefactID, size int64
	var salt []byte
	err := db.QueryRow(ctx, `
		select a.id, a.size, a.salt
		  from insyn.link l
		  join insyn.artefact a on a.id = l.artefact_id
		 where l.id = $1`, linkID).Scan(&artefactID, &size, &salt)
	if err != nil {
		return nil, fmt.Errorf("find the artefact of link %d: %w", linkID, err)
	}
	if salt == nil {
		return nil, fmt.Errorf("artefact %d: purged: %w", artefactID, ErrArtefact)
	}
	return openArtefact(ctx, db, artefactID, size, token.artefactKey(salt, linkID))
}

func openArtefact(ctx context.Context, db postgres.Querier, artefactID, size int64, key [32]byte) (*dossier.Reader, error) {
	plain, n, err := age.DecryptReaderAt(&chunkReader{ctx: ctx, db: db, artefact: artefactID, size: size}, size, wrapper{key})
	if err != nil {
		return nil, fmt.Errorf("artefact %d: %w: %w", artefactID, ErrArtefact, err)
	}
	r, err := dossier.NewReader(plain, n)
	if err != nil {
		return nil, fmt.Errorf("artefact %d: %w: %w", artefactID, ErrArtefact, err)
	}
	return r, nil
}
