package share

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"

	"insyn/internal/postgres"
	"insyn/internal/wording"
)

// tried is what a typed answer came to.
type tried struct {
	right  bool
	codeID int64
	left   int // tries left on the best code
	any    bool
}

// open checks what was typed and, when it is right, sets the session and leads to a clean address.
func (s *site) open(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visit(w, r)
	if err != nil {
		return err
	}
	base := "/s/" + v.token.Text()
	if !v.link.alive {
		http.Redirect(w, r, base, http.StatusSeeOther)
		return nil
	}
	answer, err := formValue(r, "answer", 300)
	if err != nil {
		return err
	}
	b := browserHash(r)
	t, err := s.try(r.Context(), v.link, b, answer)
	if err != nil {
		return err
	}
	if !t.right {
		return s.wrong(w, r, v, b, t)
	}
	// The address of level A may open more than once; a code only once, which a unique index holds.
	codeID := &t.codeID
	if v.link.level == LevelAddress {
		codeID = nil
	}
	if b == nil {
		b = browser(w, r)
	}
	err = s.record(r.Context(), v.link, Opened, codeID, b, EventBody{Lang: v.lang})
	if postgres.Constraint(err) != "" {
		return s.wrong(w, r, v, b, tried{})
	}
	if err != nil {
		return err
	}
	key := v.token.artefactKey(v.link.salt, v.link.id)
	if err := s.setSession(w, session{Link: v.link.id, Epoch: v.link.epoch, Key: key[:], Seen: v.link.now.Unix()}); err != nil {
		return err
	}
	http.Redirect(w, r, "/v", http.StatusSeeOther)
	return nil
}

// try counts the try first and compares then, so that parallel guesses are never more than the code allows.
func (s *site) try(ctx context.Context, l link, browser []byte, answer string) (tried, error) {
	type live struct {
		id   int64
		hash string
		left int
	}
	rows, err := s.Pool.Query(ctx, `
		select code_id,
		       hash,
		       tries_left
		  from insyn.try_code($1, $2)`, l.id, browser)
	if err != nil {
		return tried{}, fmt.Errorf("try a code of link %d: %w", l.id, err)
	}
	codes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (live, error) {
		var c live
		err := row.Scan(&c.id, &c.hash, &c.left)
		return c, err
	})
	if err != nil {
		return tried{}, fmt.Errorf("try a code of link %d: %w", l.id, err)
	}
	t := tried{any: len(codes) > 0}
	for _, c := range codes {
		t.left = max(t.left, c.left)
		right, err := s.compare(ctx, answer, c.hash)
		if err != nil {
			return tried{}, fmt.Errorf("compare code %d: %w", c.id, err)
		}
		if right {
			t.right, t.codeID = true, c.id
			return t, nil
		}
	}
	return t, nil
}

func (s *site) compare(ctx context.Context, answer, hash string) (bool, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	return argon2id.ComparePasswordAndHash(normalise(answer), hash)
}

// wrong says what can be done now.
func (s *site) wrong(w http.ResponseWriter, r *http.Request, v visit, browser []byte, t tried) error {
	if t.any && t.left == 0 {
		return s.locked(w, r, v, browser)
	}
	base := "/s/" + v.token.Text()
	p := s.page(v.lang, v.settings.Controller, s.Texts.Label(v.lang, "share.code_title"))
	p.Here = base
	vars := controllerVars(v.settings, v.lang)
	var n notice
	var err error
	switch {
	case v.link.level != LevelCode:
		vars["code_channel"] = p.T("share.code_channel")
		if n, err = s.answerPage(p, v, base, vars); err == nil {
			n.Parts = append([]part{{Block: paragraph(p.T("share.answer_wrong"))}}, n.Parts...)
		}
	case !t.any:
		p.Here = base + "/code"
		n, err = s.notice(p, "share.code_none", vars, &form{Action: base + "/open", Input: codeInput(p)}, &form{Action: base + "/code", Quiet: true})
	default:
		p.Here = base + "/code"
		vars["tries_left"] = t.left
		n, err = s.notice(p, "page.code_wrong", vars, &form{Action: base + "/open", Input: codeInput(p)}, &form{Action: base + "/code", Quiet: true})
	}
	if err != nil {
		return err
	}
	n.Alert = true
	return s.show(w, r, http.StatusUnprocessableEntity, "notice", n)
}

// locked says that a code has had its tries, or that enough codes were sent, and when the next one can be had.
func (s *site) locked(w http.ResponseWriter, r *http.Request, v visit, browser []byte) error {
	base := "/s/" + v.token.Text()
	p := s.page(v.lang, v.settings.Controller, s.Texts.Label(v.lang, "share.code_title"))
	p.Here = base
	vars := controllerVars(v.settings, v.lang)
	until, err := s.nextCode(r.Context(), v.link, browser)
	if err != nil {
		return err
	}
	forms := []*form{{Action: base + "/code"}}
	switch {
	case v.link.level != LevelCode:
		n, err := s.notice(p, "share.answer_locked", vars)
		if err != nil {
			return err
		}
		n.Alert = true
		return s.show(w, r, http.StatusTooManyRequests, "notice", n)
	case !until.IsZero():
		vars["unlock_time"], forms = wording.Clock(until, v.settings.Location(), v.lang), nil
	}
	n, err := s.notice(p, "page.code_locked", vars, forms...)
	if err != nil {
		return err
	}
	n.Alert = true
	return s.show(w, r, http.StatusTooManyRequests, "notice", n)
}

// nextCode is when another code can be asked for; zero is now.
func (s *site) nextCode(ctx context.Context, l link, browser []byte) (time.Time, error) {
	var until *time.Time
	err := s.Pool.QueryRow(ctx, `
		with asked as (
			select created_at + interval '1 hour' as free,
			       row_number() over (order by created_at desc) as of_link,
			       case when browser = $2 then row_number() over (partition by browser order by created_at desc) end as of_browser
			  from insyn.share_event
			 where link_id = $1
			   and kind = 'code_wanted'
			   and created_at > clock_timestamp() - interval '1 hour'
		)
		select max(free)
		  from asked
		 where of_link = $3
		    or of_browser = $4`, l.id, browser, codesLink, codesBrowser).Scan(&until)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, fmt.Errorf("find the next code of link %d: %w", l.id, err)
	}
	if until == nil {
		return time.Time{}, nil
	}
	return *until, nil
}

func paragraph(s string) wording.Block {
	return wording.Block{Kind: wording.Paragraph, Inlines: []wording.Inline{{Text: s}}}
}
