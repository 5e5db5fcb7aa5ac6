package worker

import (
	"context"
	"crypto/rand"
	"log/slog"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/hibiken/asynq"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/dossier"
	"insyn/internal/dsar"
	"insyn/internal/mail"
	"insyn/internal/postgres"
	"insyn/internal/postgres/pgtest"
	"insyn/internal/request"
	"insyn/internal/seal"
	"insyn/internal/settings"
	"insyn/internal/smtpsink"
	"insyn/internal/wording"
	"insyn/jobs"
)

type bench struct {
	*Worker
	sink *smtpsink.Sink
}

// newBench is a worker without sources, on a real database and a real SMTP conversation.
func newBench(t *testing.T) *bench {
	t.Helper()
	b := newBenchIn(t, pgtest.New(t))
	b.answerSettings(t)
	return b
}

// newBenchOn is a second worker on a database that another has made.
func newBenchOn(t *testing.T, dsn string) *bench {
	t.Helper()
	pool, err := postgres.OpenWith(t.Context(), dsn, postgres.Options{Schema: "insyn"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return newBenchIn(t, pool)
}

func newBenchIn(t *testing.T, pool *pgxpool.Pool) *bench {
	t.Helper()
	master := make([]byte, 32)
	_, _ = rand.Read(master)
	keys, err := seal.New(master)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := wording.Load()
	if err != nil {
		t.Fatal(err)
	}
	sink, err := smtpsink.Start("127.0.0.1:0", smtpsink.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Close() })
	sender, err := mail.NewSender(mail.Config{Host: "127.0.0.1", Port: sink.Port(), TLS: mail.TLSOff, From: "dpo@nordlyft.example"})
	if err != nil {
		t.Fatal(err)
	}
	m := miniredis.RunT(t)
	w, err := New(context.Background(), Config{
		Pool: pool, Keys: keys, Texts: texts, Sender: sender, Redis: asynq.RedisClientOpt{Addr: m.Addr()},
		ShareURL: "http://127.0.0.1:9", WebURL: "http://127.0.0.1:8", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &bench{Worker: w, sink: sink}
}

func (b *bench) answerSettings(t *testing.T) {
	t.Helper()
	b.tx(t, func(tx pgx.Tx) error {
		s, err := settings.Load(context.Background(), tx)
		if err != nil {
			return err
		}
		s.Controller, s.Address, s.Switchboard = "Nordlyft AB", "Storgatan 1\n111 11 Stockholm", "08-465 004 00"
		s.DPOName, s.DPOEmail, s.DPODesignated, s.BackupDays = "Disa Dataskydd", "dpo@nordlyft.example", "yes", 30
		s.BasisText = dossier.Label{"sv": "Avtal och intresse.", "en": "Contract and interest."}
		s.Automated.State, s.Transfers.State = "no", "no"
		return settings.Save(context.Background(), tx, s, 0)
	})
}

func (b *bench) tx(t *testing.T, fn func(tx pgx.Tx) error) {
	t.Helper()
	if err := postgres.InTx(context.Background(), b.Pool, fn); err != nil {
		t.Fatal(err)
	}
}

// request is an access request of a person, waiting for its answer's delivery.
func (b *bench) request(t *testing.T) *request.Request {
	t.Helper()
	id, _, err := b.desk.Submit(context.Background(), request.New{
		Kind: dsar.Access, Asked: true, Language: "sv", Channel: "phone",
		Subjects: []request.NewSubject{{Source: "crm", Key: "17", Name: "Ylva Provsson", Address: "ylva@provsson.example"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.exec(t, `update job set state = 'done' where request_id = $1`, id)
	b.exec(t, `update request set state = 'waiting', waiting_for = 'delivery' where id = $1`, id)
	r, err := b.store.Get(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *bench) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := b.Pool.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// run does the newest queued job, as the queue would.
func (b *bench) run(t *testing.T) {
	t.Helper()
	var ref jobs.Ref
	var kind jobs.Kind
	err := b.Pool.QueryRow(context.Background(), `select id, epoch, kind from job where state = 'queued' order by id desc limit 1`).Scan(&ref.Job, &ref.Epoch, &kind)
	if err != nil {
		t.Fatal(err)
	}
	b.exec(t, `update job set run_at = now() where id = $1`, ref.Job)
	_ = b.Worker.run(context.Background(), ref, b.handlers()[kind])
}

func one[T any](t *testing.T, b *bench, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := b.Pool.QueryRow(context.Background(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}
