package scheduler

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"insyn/internal/postgres"
	"insyn/internal/settings"
)

// casesAtOnce bounds a transaction; what is left comes with the next minute.
const casesAtOnce = 200

// purgeCases deletes closed requests with all that belongs to them. Audit lines stay: they hold ids and counts. So does the
// log of consents, which has its own reasons to be kept.
func purgeCases(ctx context.Context, pool *pgxpool.Pool) (deleted int64, err error) {
	s, err := settings.Load(ctx, pool)
	if err != nil {
		return 0, err
	}
	err = postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			select id
			  from insyn.request
			 where closed_at < now() - make_interval(years => $1)
			 order by id
			 limit $2
			   for update skip locked`, s.CaseYears, casesAtOnce)
		if err != nil {
			return fmt.Errorf("find old cases: %w", err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return fmt.Errorf("find old cases: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		for _, of := range []struct{ what, sql string }{
			{"events", `delete from insyn.share_event where link_id in (select id from insyn.link where request_id = any ($1))`},
			{"links", `delete from insyn.link where request_id = any ($1)`},
			{"artefacts", `delete from insyn.artefact where request_id = any ($1)`},
			{"mails", `delete from insyn.mail where request_id = any ($1)`},
			{"jobs", `delete from insyn.job where request_id = any ($1)`},
			{"requests", `delete from insyn.request where id = any ($1)`},
		} {
			tag, err := tx.Exec(ctx, of.sql, ids)
			if err != nil {
				return fmt.Errorf("delete %s of old cases: %w", of.what, err)
			}
			if of.what == "requests" {
				deleted = tag.RowsAffected()
			}
		}
		return nil
	})
	return deleted, err
}
