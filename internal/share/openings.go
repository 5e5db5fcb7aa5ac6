package share

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/wording"
)

// opening is a time that somebody opened the page or downloaded from it.
type opening struct {
	At   string
	What string // opened, downloaded
	Here bool   // by this browser
}

type openingsPage struct {
	page
	Openings []opening
}

func (s *site) openings(w http.ResponseWriter, r *http.Request, o opened) error {
	p, err := s.house(r, o)
	if err != nil {
		return err
	}
	list, err := s.readOpenings(r.Context(), o, p.Loc)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "openings", openingsPage{
		page: s.openedPage(o, s.Texts.Label(o.lang, "share.openings_heading")), Openings: list,
	})
}

func (s *site) readOpenings(ctx context.Context, o opened, loc *time.Location) ([]opening, error) {
	rows, err := s.Pool.Query(ctx, `
		select created_at,
		       kind,
		       browser
		  from insyn.share_event
		 where link_id = $1
		   and kind in ('opened', 'downloaded')
		 order by id desc
		 limit 200`, o.link.id)
	if err != nil {
		return nil, fmt.Errorf("read openings of link %d: %w", o.link.id, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (opening, error) {
		var at time.Time
		var kind string
		var b []byte
		err := row.Scan(&at, &kind, &b)
		return opening{
			At:   wording.DateTime(at, loc, o.lang),
			What: s.Texts.Label(o.lang, "share.event."+kind),
			Here: len(b) > 0 && bytes.Equal(b, o.browser),
		}, err
	})
}
