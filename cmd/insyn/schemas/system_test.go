//go:build schemas

package schemas

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// system is one that we did not design, and what we know of it.
type system struct {
	name string
	// source is what its map calls the database: maps/SOURCE.yaml.
	source string
	// load creates its tables in an empty database, from its package.
	load func(t *testing.T, pool *pgxpool.Pool) (version string)
	fill func(t *testing.T, pool *pgxpool.Pool, c *cast) *writer
	// references are the places where a user's number stands; after an erasure that removes the user none may be left.
	references []reference
	// sound says what in the database the system could not work with; empty when all is well.
	sound func(t *testing.T, pool *pgxpool.Pool) []string
	// own is the system's own way to remove or anonymise somebody: the floor that ours is measured against.
	own     func(t *testing.T, pool *pgxpool.Pool, p *person)
	ownName string
	// fleeting are tables whose rows end by themselves, so that losing one harms nobody: whoever is logged out logs in again.
	fleeting []string
	// places are where each subject must be found before an erasure, or the test would prove less than it says.
	places map[string][]string // login -> table.column
}

// reference counts rows whose column holds a user's number; where is SQL over the row, $1 the number and $2 the same as text.
type reference struct {
	table, column string
	where         string
}

// count says how many rows refer to a user, by table.column.
func (s *system) count(t *testing.T, pool *pgxpool.Pool, user int) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, r := range s.references {
		var n int
		// Both parameters are used, so that one list of arguments does for all.
		query := "select count(*) from " + r.table + " where (" + r.where + ") and $1::int is not null and $2::text is not null"
		if err := pool.QueryRow(t.Context(), query, user, text10(user)).Scan(&n); err != nil {
			t.Fatalf("%s.%s: %v", r.table, r.column, err)
		}
		out[r.table+"."+r.column] += n
	}
	return out
}
