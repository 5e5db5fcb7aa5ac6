package share

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/settings"
)

// link is a row of the table of links as the site sees it. id is zero when there is none.
type link struct {
	id, requestID int64
	level         string
	epoch         int
	alive         bool // sent, not expired, not revoked: by the clock of the database
	expires       time.Time
	now           time.Time // the clock of the database

	artefactID, size int64
	salt             []byte
}

// visit is what the pages before the opening are made of. The same two queries run for any token, known or not.
type visit struct {
	token    Token
	link     link
	settings settings.Settings
	lang     string
}

const selectLink = `
	select l.id,
	       l.request_id,
	       l.level,
	       l.epoch,
	       coalesce(l.revoked_at is null and l.expires_at > clock_timestamp() and a.salt is not null, false),
	       coalesce(l.expires_at, 'epoch'),
	       clock_timestamp(),
	       coalesce(a.id, 0),
	       coalesce(a.size, 0),
	       a.salt
	  from insyn.link l
	  left join insyn.artefact a on a.id = l.artefact_id
	 where `

func scanLink(row pgx.Row) (link, error) {
	var l link
	err := row.Scan(&l.id, &l.requestID, &l.level, &l.epoch, &l.alive, &l.expires, &l.now, &l.artefactID, &l.size, &l.salt)
	if errors.Is(err, pgx.ErrNoRows) {
		return link{}, nil
	}
	if err != nil {
		return link{}, fmt.Errorf("read a link: %w", err)
	}
	return l, nil
}

func (s *site) linkByToken(ctx context.Context, t Token) (link, error) {
	return scanLink(s.Pool.QueryRow(ctx, selectLink+`l.token_hash = $1`, t.Hash()))
}

func (s *site) linkByID(ctx context.Context, id int64) (link, error) {
	return scanLink(s.Pool.QueryRow(ctx, selectLink+`l.id = $1`, id))
}

func (s *site) visit(w http.ResponseWriter, r *http.Request) (visit, error) {
	var v visit
	var err error
	// What cannot be a token is looked up too, as a token that does not exist.
	v.token, _ = ParseToken(r.PathValue("token"))
	if v.link, err = s.linkByToken(r.Context(), v.token); err != nil {
		return v, err
	}
	if v.settings, err = settings.Load(r.Context(), s.Pool); err != nil {
		return v, err
	}
	v.lang = s.lang(w, r, "")
	return v, nil
}
