//go:build schemas

package schemas

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// loadRT creates Request Tracker's tables: etc/schema.Pg of the package, as it is.
func loadRT(t *testing.T, pool *pgxpool.Pool) (version string) {
	t.Helper()
	dir, version := unpack(t, "request-tracker5")
	schema, err := os.ReadFile(filepath.Join(dir, "usr/share/request-tracker5/etc/schema.Pg"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), string(schema)); err != nil {
		t.Fatalf("schema.Pg: %v", err)
	}
	return version
}
