package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"insyn/internal/account"
	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/receipt"
	"insyn/internal/records"
	"insyn/internal/request"
	"insyn/internal/settings"
)

// receiptJSON is what a source tells of its erasure, written in the commit after it. Labels are the map's as it is now: the
// receipt is signed after the rescan, and the map may have changed by then.
func (w *Worker) receiptJSON(ctx context.Context, src *records.Source, requestID int64, subject []byte, o *records.Outcome, suppressed bool) ([]byte, error) {
	entry, err := src.LedgerEntry(ctx, requestID, subject)
	if err != nil {
		return nil, fmt.Errorf("read the commit point of request %d: %w", requestID, err)
	}
	return json.Marshal(Receipt{
		At: o.At.UTC().Format("2006-01-02T15:04:05Z"), MapVersion: entry.MapVersion, Counts: o.Counts, Kept: o.Kept, RegisterNote: w.Register != nil,
		Label: src.Label(), Tables: tableCounts(src, o.Counts), MapHash: entry.MapHash, PlanHash: entry.PlanHash, LedgerHash: entry.Hash, LedgerSeq: entry.Seq, Stages: entry.Stages, Suppressed: suppressed,
	})
}

// tableCounts are counts ("crm.history redact") in the order and with the labels of the map.
func tableCounts(src *records.Source, counts map[string]int) []records.TableCount {
	var out []records.TableCount
	for _, t := range src.Plan().Tables {
		for _, action := range []string{records.Anonymised, records.Redacted, records.Deleted, records.CutOff, records.Mentioned} {
			if n := counts[t.Name+" "+action]; n > 0 {
				out = append(out, records.TableCount{Table: t.Name, Label: t.Label, Action: action, Rows: n})
			}
		}
	}
	return out
}

// search gathers what the rescan of all sources met.
type search struct {
	receipt.Rescan
	begun time.Time
}

func newSearch() *search {
	return &search{begun: time.Now(), Rescan: receipt.Rescan{Places: []receipt.Place{}}}
}

func (s *search) add(ctx context.Context, src *records.Source, found []records.Finding) error {
	tables, columns, err := src.Searched(ctx)
	if err != nil {
		return err
	}
	s.Tables += tables
	s.Columns += columns
	for _, f := range found {
		s.Places = append(s.Places, receipt.Place{
			Source: src.Name, Table: f.Table, Column: f.Column, Label: placeLabel(src, f), Rows: f.Rows, Retained: f.Retained, Law: f.Law,
		})
	}
	return nil
}

func (s *search) done() {
	s.DurationMS = time.Since(s.begun).Milliseconds()
	s.Result = receipt.ResultOf(s.Places)
}

// placeLabel names a table and a column in the map's words; nothing where the map does not know the table.
func placeLabel(src *records.Source, f records.Finding) dossier.Label {
	t := src.Plan().Table(f.Table)
	if t == nil {
		return nil
	}
	out := dossier.Label{}
	for lang, table := range t.Label {
		column := f.Column
		if c := t.Column(f.Column); c != nil && c.Label[lang] != "" {
			column = c.Label[lang]
		}
		out[lang] = table + ", " + column
	}
	return out
}

// signReceipt makes the receipt final: the rescan was clean. What it says comes from our own rows, in the commit that says
// so; a request without receipts of its sources, such as one from before them, gets none.
func (w *Worker) signReceipt(ctx context.Context, tx pgx.Tx, r *request.Request, found receipt.Rescan) error {
	set, err := settings.Load(ctx, tx)
	if err != nil {
		return err
	}
	d := receipt.Document{
		Program:    receipt.Program(),
		Controller: receipt.Controller{Name: set.Controller, Country: r.Country, Timezone: set.Timezone},
		Request:    receipt.Request{Number: r.ID, Kind: r.Kind, ReceivedOn: r.ReceivedOn, Channel: r.Channel, AskedBy: r.AskedBy, Ground: r.Ground},
		Rescan:     found,
	}
	if err := tx.QueryRow(ctx, `select date_trunc('second', clock_timestamp())`).Scan(&d.SignedAt); err != nil {
		return fmt.Errorf("read the database's clock: %w", err)
	}
	d.SignedAt = d.SignedAt.UTC()
	d.Rescan.At = d.SignedAt
	if d.Requested, err = actorOf(ctx, tx, r.RequestedBy); err != nil {
		return err
	}
	if d.Approved.Actor, err = actorOf(ctx, tx, r.ApprovedBy); err != nil {
		return err
	}
	if r.ApprovedAt != nil {
		at := r.ApprovedAt.UTC().Truncate(time.Second)
		d.Approved.At = &at
	}
	decided, err := w.store.Mentions(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if decided.All() > 0 {
		d.Mentions = &receipt.Mentions{Replaced: decided.Accepted, Left: decided.Refused}
	}
	register, err := addSources(ctx, tx, r.ID, &d)
	if err != nil || len(d.Sources) == 0 {
		return err
	}
	if register && w.Register != nil {
		d.Register = &receipt.Register{Provider: w.Register.Provider().Name}
	}
	if set.BackupDays > 0 {
		last := d.Sources[0].ErasedAt
		for _, s := range d.Sources {
			if s.ErasedAt.After(last) {
				last = s.ErasedAt
			}
		}
		d.Backups = &receipt.Backups{Days: set.BackupDays, Until: dsar.DateOf(last, set.Location()).AddDays(set.BackupDays)}
	}
	signed, err := receipt.Sign(d, w.Keys.Receipt())
	if err != nil {
		return fmt.Errorf("sign the receipt of request %d: %w", r.ID, err)
	}
	return receipt.Store(ctx, tx, r.ID, signed, d.SignedAt)
}

// actorOf is an account by its number and roles; its name belongs to nobody outside the company.
func actorOf(ctx context.Context, tx pgx.Tx, id int64) (receipt.Actor, error) {
	a := receipt.Actor{Account: id, Roles: []string{}}
	if id == 0 {
		return a, nil
	}
	acc, err := account.Get(ctx, tx, id)
	if err != nil {
		return a, fmt.Errorf("read account %d: %w", id, err)
	}
	for _, role := range acc.Roles {
		a.Roles = append(a.Roles, string(role))
	}
	return a, nil
}

func addSources(ctx context.Context, tx pgx.Tx, requestID int64, d *receipt.Document) (register bool, err error) {
	rows, err := tx.Query(ctx, `
		select source,
		       receipt
		  from insyn.request_subject
		 where request_id = $1
		   and receipt is not null
		 order by source, id`, requestID)
	if err != nil {
		return false, fmt.Errorf("read the receipts of request %d: %w", requestID, err)
	}
	var name string
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{&name, &body}, func() error {
		var b Receipt
		if err := json.Unmarshal(body, &b); err != nil {
			return err
		}
		s, err := sourceOf(name, b)
		if err != nil {
			return err
		}
		d.Sources = append(d.Sources, s)
		if len(b.Stages) > 0 {
			var stages []receipt.Stage
			if err := json.Unmarshal(b.Stages, &stages); err != nil {
				return fmt.Errorf("read the stages of an erasure: %w", err)
			}
			d.Stages = append(d.Stages, stages...)
		}
		d.Suppressed = d.Suppressed || b.Suppressed
		register = register || b.RegisterNote
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("read the receipts of request %d: %w", requestID, err)
	}
	return register, nil
}

func sourceOf(name string, b Receipt) (receipt.Source, error) {
	at, err := time.Parse(time.RFC3339, b.At)
	if err != nil {
		return receipt.Source{}, fmt.Errorf("read the time of an erasure: %w", err)
	}
	s := receipt.Source{
		Name: name, Label: b.Label, ErasedAt: at.UTC(), MapVersion: b.MapVersion, MapHash: b.MapHash, PlanHash: b.PlanHash,
		Counts: []receipt.Count{}, Kept: []receipt.Kept{},
	}
	if b.LedgerHash != "" {
		s.Ledger = &receipt.Ledger{Hash: b.LedgerHash, Sequence: b.LedgerSeq}
	}
	listed := map[string]bool{}
	for _, t := range b.Tables {
		listed[t.Table+" "+t.Action] = true
		s.Counts = append(s.Counts, receipt.Count{Table: t.Table, Label: t.Label, Action: t.Action, Rows: t.Rows})
	}
	for _, what := range slices.Sorted(maps.Keys(b.Counts)) { // what the map had no label for is counted all the same
		if table, action, _ := strings.Cut(what, " "); !listed[what] && b.Counts[what] > 0 {
			s.Counts = append(s.Counts, receipt.Count{Table: table, Action: action, Rows: b.Counts[what]})
		}
	}
	for _, k := range b.Kept {
		s.Kept = append(s.Kept, receipt.Kept{Table: k.Table, Label: k.Label, Law: k.Law, Sentence: k.LawSentence, Rows: k.Rows, Until: k.Until})
	}
	return s, nil
}
