package refdata

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/dsar"
)

// Postgres is a register in a PostgreSQL database of its own. It only reads.
type Postgres struct {
	pool     *pgxpool.Pool
	provider Provider
	queries  Queries
}

// NewPostgres asks the register behind pool. The pool stays the caller's to close.
func NewPostgres(pool *pgxpool.Pool, provider Provider, queries Queries) *Postgres {
	return &Postgres{pool: pool, provider: provider, queries: queries}
}

// Provider is who answers for the register.
func (r *Postgres) Provider() Provider { return r.provider }

// Search asks nothing where nothing was typed.
func (r *Postgres) Search(ctx context.Context, q Query) ([]Person, error) {
	// PostgreSQL takes neither broken UTF-8 nor a zero byte.
	text := strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(q.Text, " "), "\x00", " "))
	if text == "" {
		return nil, nil
	}
	people, err := r.read(ctx, r.queries.Search, text, q.limit())
	if err != nil {
		return nil, fmt.Errorf("search register: %w", withoutValues(err))
	}
	return people, nil
}

// Get gives one entry, or dsar.ErrNotFound.
func (r *Postgres) Get(ctx context.Context, registerID string) (Person, error) {
	id := strings.ReplaceAll(strings.ToValidUTF8(registerID, " "), "\x00", " ")
	people, err := r.read(ctx, r.queries.Get, id)
	if err != nil {
		return Person{}, fmt.Errorf("get register entry: %w", withoutValues(err))
	}
	if len(people) == 0 {
		return Person{}, fmt.Errorf("get register entry: %w", dsar.ErrNotFound)
	}
	return people[0], nil
}

// Check tells whether the database answers and both queries give the columns of a person, without looking anybody up.
func (r *Postgres) Check(ctx context.Context) error {
	connection, err := r.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("reach the register: %w", err)
	}
	defer connection.Release()
	for _, q := range []struct{ name, query string }{{"search", r.queries.Search}, {"get", r.queries.Get}} {
		description, err := connection.Conn().Prepare(ctx, "", q.query)
		if err != nil {
			return fmt.Errorf("register query %q: %w", q.name, err)
		}
		if got := len(description.Fields); got != personFields {
			return fmt.Errorf("register query %q gives %d columns, want %d", q.name, got, personFields)
		}
	}
	return nil
}

// personFields is the number of columns of a query.
const personFields = 10

func (r *Postgres) read(ctx context.Context, query string, args ...any) (people []Person, err error) {
	err = pgx.BeginTxFunc(ctx, r.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, query, args...)
		if err != nil {
			return err
		}
		people, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Person])
		return err
	})
	return people, err
}

// withoutValues keeps of a server's error only its code: the text may quote what somebody typed.
func withoutValues(err error) error {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return errors.New("SQLSTATE " + server.Code)
	}
	return err
}
