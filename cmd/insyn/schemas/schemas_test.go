//go:build schemas

package schemas

import (
	"testing"

	"insyn/internal/postgres/pgtest"
)

func TestLoad(t *testing.T) {
	pool := pgtest.Empty(t)
	t.Log(loadRT(t, pool))
	pool = pgtest.Empty(t)
	t.Log(loadRedmine(t, pool))
}
