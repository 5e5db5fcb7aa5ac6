package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/dsar"
	"insyn/internal/settings"
	"insyn/internal/share"
	"insyn/internal/wording"
)

// vars are the placeholders of a message: what every message gets, what its request gives, and its own. It also picks the
// subject's key, since one link mail has several.
func (w *Worker) vars(ctx context.Context, set settings.Settings, m *message) (wording.Vars, string, error) {
	loc, lang := set.Location(), m.Language
	v := wording.Vars{
		"controller": set.Controller, "controller_address": set.Address, "switchboard": set.Switchboard,
		"dpo_name": set.DPOName, "dpo_title": set.DPOTitle().In(lang), "dpo_email": set.DPOEmail, "dpo_phone": set.DPOPhone,
		"date": wording.Date(m.Now, loc, lang), "code_minutes": "10",
	}
	subject := m.Template + ".subject"
	if m.RequestID != 0 {
		r, err := w.store.Get(ctx, m.RequestID)
		if err != nil {
			return nil, "", err
		}
		due := ""
		if r.DueStrict != nil {
			due = day(*r.DueStrict, lang)
		}
		v["case_id"] = fmt.Sprint(m.RequestID)
		v["received_date"] = day(r.ReceivedOn, lang)
		v["due_strict"] = due
		if m.Staff {
			if err := w.staffVars(ctx, set, m, v); err != nil {
				return nil, "", err
			}
			v["kind"] = w.Texts.Label(lang, "admin.kind."+string(r.Kind))
			v["status"] = w.Texts.Label(lang, statusKey(r.State, r.WaitingFor))
			if r.DueStrict != nil {
				v["due_label"] = w.Texts.DueLabel(lang, dsar.DaysLeft(dsar.DateOf(m.Now, loc), *r.DueStrict))
			} else {
				v["due_strict"], v["due_label"] = "–", "–"
			}
		}
	} else if m.Staff {
		if err := w.reportVars(ctx, m, v); err != nil {
			return nil, "", err
		}
	}
	if m.Template == "mail.link" {
		subject = w.linkVars(set, m, v)
	}
	for k, x := range m.Vars {
		v[k] = own(x, lang)
	}
	if s, ok := v["sentence"].(string); ok { // which of the link's sentences fits
		text, err := w.Texts.Text(lang, "mail.link.sentence_"+s, v)
		if err != nil {
			return nil, "", dsar.GiveUp("text_incomplete")
		}
		v["request_sentence"] = text
		switch s {
		case "share":
			subject = "mail.link.subject_share"
		case "reminder":
			subject = "mail.link.subject_reminder"
		}
	}
	return v, subject, nil
}

func (w *Worker) linkVars(set settings.Settings, m *message, v wording.Vars) string {
	if t, ok := share.ParseToken(m.Token); ok {
		v["link"] = t.Address(w.ShareURL)
	}
	v["link_expires"] = wording.DateTime(m.Expires, set.Location(), m.Language)
	return "mail.link.subject"
}

// own turns a stored value into what the texts take: dates into words, lists into rows.
func own(x any, lang string) any {
	switch x := x.(type) {
	case string:
		if d, err := dsar.ParseDate(x); err == nil {
			return day(d, lang)
		}
		return x
	case []any:
		rows := make([]wording.Vars, 0, len(x))
		for _, r := range x {
			row := wording.Vars{}
			if m, ok := r.(map[string]any); ok {
				for k, y := range m {
					row[k] = own(y, lang)
				}
			}
			rows = append(rows, row)
		}
		return rows
	case map[string]any: // a text in several languages
		if s, ok := x[lang].(string); ok {
			return s
		}
		return ""
	}
	return x
}

func day(d dsar.Date, lang string) string { return d.In(lang) }

func statusKey(s dsar.State, wait dsar.Wait) string {
	if s != dsar.Waiting {
		return "admin.status." + string(s)
	}
	switch wait {
	case dsar.ForIdentity, dsar.ForClarification:
		return "admin.status.waiting_customer"
	case dsar.ForHold: // the person reads this too: that an authority has asked for them is not told here
		return "admin.status.working"
	}
	return "admin.status.waiting_" + string(wait)
}

// staff finds who is told: the request's handler, or the data protection officer.
func (w *Worker) staff(ctx context.Context, set settings.Settings, m *message) (to, lang string, err error) {
	err = w.Pool.QueryRow(ctx, `
		select a.email,
		       a.language
		  from insyn.request r
		  join insyn.account a on a.id = r.handler
		 where r.id = $1
		   and a.disabled_at is null`, m.RequestID).Scan(&to, &lang)
	if err == nil {
		return to, lang, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return "", "", fmt.Errorf("find the handler of request %d: %w", m.RequestID, err)
	}
	if set.ReportEmail != "" {
		return set.ReportEmail, m.Language, nil
	}
	return set.DPOEmail, m.Language, nil
}

func (w *Worker) staffVars(ctx context.Context, set settings.Settings, m *message, v wording.Vars) error {
	v["request_url"] = fmt.Sprintf("%s/requests/%d", w.WebURL, m.RequestID)
	lang := m.Language
	switch m.Template {
	case "mail.failed":
		var job, code string
		var attempts int
		err := w.Pool.QueryRow(ctx, `
			select kind, attempt + crashes, coalesce(code, '')
			  from insyn.job
			 where request_id = $1
			   and state = 'failed'
			 order by finished_at desc
			 limit 1`, m.RequestID).Scan(&job, &attempts, &code)
		if errors.Is(err, pgx.ErrNoRows) { // somebody has run it again already
			job, code = "-", "-"
		} else if err != nil {
			return fmt.Errorf("read the failed job of request %d: %w", m.RequestID, err)
		}
		v["job_kind"], v["attempts"], v["error_code"] = job, fmt.Sprint(attempts), code
	case "mail.undeliverable":
		var template, code string
		var revoked bool
		var at time.Time
		err := w.Pool.QueryRow(ctx, `
			select m.template, coalesce(m.code, ''), l.revoked_at is not null, coalesce(m.first_try_at, now())
			  from insyn.mail m
			  left join insyn.link l on l.id = m.link_id
			 where m.request_id = $1
			   and m.audience = 'subject'
			   and m.state = 'failed'
			 order by m.id desc
			 limit 1`, m.RequestID).Scan(&template, &code, &revoked, &at)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("read the failed mail of request %d: %w", m.RequestID, err)
		}
		v["message_kind"], v["smtp_code"], v["link_revoked"] = w.Texts.Label(lang, "mail.kind."+template), code, revoked
		v["date"] = wording.Date(at, set.Location(), lang)
	case "mail.deadline":
		r, err := w.store.Get(ctx, m.RequestID)
		if err != nil {
			return err
		}
		due, err := w.store.LegalDate(ctx, r)
		if err != nil && r.Asked {
			return err
		}
		if r.Asked && r.ExtendedAt == nil && !dsar.DateOf(m.Now, set.Location()).After(due.FirstMonth) {
			v["notice_by"] = day(due.FirstMonth, lang)
		}
	}
	return nil
}
