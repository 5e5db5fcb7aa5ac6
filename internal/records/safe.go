package records

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// coded hides what a database says of values: a cast, a constraint or a trigger of the CRM quotes them. Its code and the
// names of table, column and constraint remain; callers can still unwrap it.
type coded struct{ err *pgconn.PgError }

func (c *coded) Error() string {
	text := "the database says " + c.err.Code
	for _, name := range []string{c.err.TableName, c.err.ColumnName, c.err.ConstraintName} {
		if name != "" {
			text += " " + name
		}
	}
	return text
}

func (c *coded) Unwrap() error { return c.err }

// safe gives an error whose text holds no value of the source.
func safe(err error) error {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		return &coded{pe}
	}
	return err
}
