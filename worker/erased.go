package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/audit"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/settings"
	"insyn/jobs"
)

// waitPause is how often a waiting erasure looks again.
const waitPause = 20 * time.Second

// erased brings our own tables forward after the last source has committed: receipts, the held confirmation, and the
// person's own traces in earlier requests, links, mails and events, which are personal data like the rest.
func (w *Worker) erased(ctx context.Context, tx pgx.Tx, set settings.Settings, r *request.Request, list []target, outcomes []*records.Outcome, ids known) error {
	to := r.Person().Address
	if to == "" && len(ids.Emails) > 0 {
		to = ids.Emails[0]
	}
	rows := int64(0)
	var kept []records.Kept
	for i, o := range outcomes {
		src, err := w.source(list[i].source)
		if err != nil {
			return dsar.GiveUp("no_source")
		}
		if ids.Objected {
			if err := w.suppress(ctx, tx, w.suppressions(src, ids.Emails, ids.Phones), "erasure"); err != nil {
				return err
			}
		}
		for _, n := range o.Counts {
			rows += int64(n)
		}
		kept = append(kept, o.Kept...)
		body, err := w.receiptJSON(ctx, src, r.ID, list[i].subject.HMAC, o, ids.Objected)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update insyn.request_subject set receipt = $2 where id = $1`, list[i].subject.ID, body); err != nil {
			return fmt.Errorf("write the receipt of request %d: %w", r.ID, err)
		}
	}
	_, err := tx.Exec(ctx, `update insyn.request set erased_at = now(), version = version + 1 where id = $1`, r.ID)
	if err != nil {
		return fmt.Errorf("mark request %d erased: %w", r.ID, err)
	}
	if err := w.forget(ctx, tx, r); err != nil {
		return err
	}
	if to != "" && r.AnswerBy == "mail" {
		if err := w.confirm(ctx, tx, set, r, to, kept, ids.Objected); err != nil {
			return err
		}
	}
	err = audit.Write(ctx, tx, audit.Entry{Actor: r.ApprovedBy, Action: "erasure.done", RequestID: r.ID, Detail: audit.Detail{"rows": rows, "sources": int64(len(outcomes))}})
	if err != nil {
		return err
	}
	if err := request.Move(ctx, tx, request.Step{ID: r.ID, To: dsar.Working}); err != nil {
		return err
	}
	_, err = jobs.Insert(ctx, tx, jobs.New{Kind: jobs.Verification, RequestID: r.ID})
	return err
}

// confirm writes the confirmation, sealed and held until the rescan is clean.
func (w *Worker) confirm(ctx context.Context, tx pgx.Tx, set settings.Settings, r *request.Request, to string, kept []records.Kept, suppressed bool) error {
	today, err := w.today(ctx, tx, set)
	if err != nil {
		return err
	}
	vars := map[string]any{
		"erased_date":       today.String(),
		"backup_until":      today.AddDays(set.BackupDays).String(),
		"ledger_until":      today.AddDays(ledgerDays(set)).String(),
		"case_record_until": dsar.Date{Year: today.Year + set.CaseYears + 1, Month: time.January, Day: 31}.String(),
		"suppressed":        suppressed,
		"replay_active":     w.replayActive(),
	}
	if w.Register != nil {
		p := w.Register.Provider()
		vars["provider"], vars["provider_contact"] = p.Name, p.Contact
	}
	m := jobs.OutMail{
		RequestID: r.ID, SubjectID: r.Person().ID, Template: "mail.erased", Language: r.Language, Recipient: to,
		Vars: vars, Answers: dsar.Answered, Held: true,
	}
	if len(kept) > 0 {
		m.Template, m.Answers = "mail.partly_erased", dsar.Partly
		rows := make([]map[string]any, 0, len(kept))
		for _, k := range kept {
			rows = append(rows, map[string]any{"kept_records": label(k.Label), "law_sentence": label(k.LawSentence), "law": label(k.Law), "keep_until": k.Until.String()})
		}
		vars["rows"] = rows
		if same(kept) {
			vars["keep_until_all"] = kept[0].Until.String()
		}
	}
	_, err = jobs.QueueMail(ctx, tx, w.Keys, m)
	return err
}

func label(l dossier.Label) map[string]string { return map[string]string(l) }

func same(kept []records.Kept) bool {
	for _, k := range kept {
		if k.Until != kept[0].Until {
			return false
		}
	}
	return true
}

// forget blanks the person in schema insyn, which is itself a source: keys, names, addresses, wishes, proposals, evidence
// and rehearsals of every request of theirs, unsent mails, links and artefacts. What the rescan needs stays until it is done.
func (w *Worker) forget(ctx context.Context, tx pgx.Tx, r *request.Request) error {
	var hashes [][]byte
	for _, u := range r.Subjects {
		hashes = append(hashes, u.HMAC)
	}
	return forgetHashes(ctx, tx, r.ID, 0, hashes)
}

// forgetHashes forgets the persons of these hashes on behalf of a request, in all their requests but one.
func forgetHashes(ctx context.Context, tx pgx.Tx, requestID, but int64, hashes [][]byte) error {
	const theirs = `(select request_id from insyn.request_subject where key_hmac = any ($1) and request_id <> $2)`
	for _, step := range []struct{ what, sql string }{
		{"links", `update insyn.link set revoked_at = coalesce(revoked_at, now()), revoked_why = coalesce(revoked_why, 'erasure') where request_id in ` + theirs},
		{"artefacts", `update insyn.artefact set salt = null, purged_at = coalesce(purged_at, now()) where request_id in ` + theirs},
		{"chunks", `delete from insyn.artefact_chunk where artefact_id in (select id from insyn.artefact where request_id in ` + theirs + `)`},
		{"codes", `delete from insyn.code where link_id in (select id from insyn.link where request_id in ` + theirs + `)`},
		{"events", `update insyn.share_event set body = null, handled_at = coalesce(handled_at, now()) where link_id in (select id from insyn.link where request_id in ` + theirs + `)`},
		{"mails", `update insyn.mail set state = case when state in ('accepted', 'failed') then state else 'cancelled' end,
		                  recipient = null, vars = null, token = null, blanked_at = coalesce(blanked_at, now())
		            where audience = 'subject' and request_id in ` + theirs},
		{"requests", `update insyn.request set notes = null, wish = null, proposal = null, decision = null, extended_reason = null where id in ` + theirs},
		{"evidence", `update insyn.evidence set body = null where request_id in ` + theirs},
		{"rehearsals", `update insyn.rehearsal set body = null where request_id in ` + theirs},
		{"holds", `update insyn.hold set key = null, name = null, reason = null, released_reason = null where key_hmac = any ($1) and released_at is not null and $2::bigint is not null`},
		{"ties", `update insyn.tie set key = null where key_hmac = any ($1) or request_id in ` + theirs},
		{"decisions", `delete from insyn.not_same where (a = any ($1) or b = any ($1)) and $2::bigint is not null`},
		{"subjects", `update insyn.request_subject set key = null, name = null, address = null where key_hmac = any ($1) and request_id <> $2`},
	} {
		if _, err := tx.Exec(ctx, step.sql, hashes, but); err != nil {
			return fmt.Errorf("forget %s of request %d: %w", step.what, requestID, err)
		}
	}
	// Other open requests about somebody who is not there any more have nothing left to do.
	rows, err := tx.Query(ctx, `select id from insyn.request where closed_at is null and id <> $3 and id in `+theirs, hashes, but, requestID)
	if err != nil {
		return fmt.Errorf("find other requests of the person: %w", err)
	}
	others, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("find other requests of the person: %w", err)
	}
	for _, id := range others {
		if _, err := jobs.Cancel(ctx, tx, id, jobs.Collect, jobs.Correction, jobs.Consent, jobs.Rehearsal, jobs.Erasure, jobs.Mail); err != nil {
			return err
		}
		if err := request.Move(ctx, tx, request.Step{ID: id, To: dsar.Withdrawn, Detail: audit.Detail{"erased_by": requestID}}); err != nil {
			return err
		}
	}
	return nil
}
