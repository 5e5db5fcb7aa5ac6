package records

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"insyn/internal/datamap"
)

// shape is how a column comes over the wire. What PostgreSQL says as to_jsonb is the truth; for the usual types it is
// said here, byte for byte, since the server has less time than we.
type shape int

const (
	shapeJSON   shape = iota // to_jsonb
	shapeText                // a text, to be quoted
	shapeDigits              // numeric as text: a number as it is
	shapeInt
	shapeBool
	shapeDate
	shapeTime // without time zone
	shapeZone // with one; told in UTC
)

func shapeOf(t datamap.ColumnType) shape {
	switch t.Base {
	case "text", "varchar", "bpchar":
		return shapeText
	case "numeric":
		return shapeDigits
	case "int2", "int4", "int8":
		return shapeInt
	case "bool":
		return shapeBool
	case "date":
		return shapeDate
	case "timestamp":
		return shapeTime
	case "timestamptz":
		return shapeZone
	}
	return shapeJSON
}

// sql reads the column of alias x in this shape.
func (s shape) sql(column string) string {
	switch s {
	case shapeJSON:
		return "to_jsonb(x." + quote(column) + ")"
	case shapeDigits:
		return "x." + quote(column) + "::text"
	}
	return "x." + quote(column)
}

// appendJSON adds a value that is not null.
func (s shape) appendJSON(b []byte, f *pgconn.FieldDescription, raw []byte) ([]byte, error) {
	switch s {
	case shapeJSON:
		return append(b, raw...), nil
	case shapeText:
		return appendQuoted(b, string(raw), false), nil
	case shapeDigits:
		if c := raw[len(raw)-1]; c < '0' || c > '9' { // NaN, Infinity
			return appendQuoted(b, string(raw), false), nil
		}
		return append(b, raw...), nil
	}
	if f.Format != pgx.BinaryFormatCode {
		return s.appendText(b, f, raw)
	}
	switch {
	case s == shapeInt && len(raw) == 2:
		return strconv.AppendInt(b, int64(int16(binary.BigEndian.Uint16(raw))), 10), nil
	case s == shapeInt && len(raw) == 4, s == shapeDate && len(raw) == 4:
		n := int32(binary.BigEndian.Uint32(raw))
		if s == shapeInt {
			return strconv.AppendInt(b, int64(n), 10), nil
		}
		switch n {
		case math.MaxInt32:
			return append(b, `"infinity"`...), nil
		case math.MinInt32:
			return append(b, `"-infinity"`...), nil
		}
		return s.appendTime(b, time.Unix(epoch+int64(n)*86400, 0)), nil
	case s == shapeInt && len(raw) == 8:
		return strconv.AppendInt(b, int64(binary.BigEndian.Uint64(raw)), 10), nil
	case s == shapeBool && len(raw) == 1:
		return strconv.AppendBool(b, raw[0] != 0), nil
	case (s == shapeTime || s == shapeZone) && len(raw) == 8:
		n := int64(binary.BigEndian.Uint64(raw))
		switch n {
		case math.MaxInt64:
			return append(b, `"infinity"`...), nil
		case math.MinInt64:
			return append(b, `"-infinity"`...), nil
		}
		sec, micro := n/1e6, n%1e6
		return s.appendTime(b, time.Unix(epoch+sec, micro*1000)), nil
	}
	return nil, fmt.Errorf("a value of type %d has %d bytes", f.DataTypeOID, len(raw))
}

// epoch is 1 January 2000, from which PostgreSQL counts.
const epoch = 946684800

// appendText adds a value that came as text, as it does where a pooler does not let statements be prepared.
func (s shape) appendText(b []byte, f *pgconn.FieldDescription, raw []byte) ([]byte, error) {
	var at time.Time
	var special pgtype.InfinityModifier
	var err error
	types := pgtype.NewMap()
	switch s {
	case shapeInt:
		return append(b, raw...), nil
	case shapeBool:
		return strconv.AppendBool(b, raw[0] == 't'), nil
	case shapeDate:
		var v pgtype.Date
		err = types.Scan(f.DataTypeOID, f.Format, raw, &v)
		at, special = v.Time, v.InfinityModifier
	case shapeTime:
		var v pgtype.Timestamp
		err = types.Scan(f.DataTypeOID, f.Format, raw, &v)
		at, special = v.Time, v.InfinityModifier
	default:
		var v pgtype.Timestamptz
		err = types.Scan(f.DataTypeOID, f.Format, raw, &v)
		at, special = v.Time, v.InfinityModifier
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("decode a value of type %d", f.DataTypeOID) // the error would quote it
	case special != pgtype.Finite:
		return append(append(append(b, '"'), special.String()...), '"'), nil
	}
	return s.appendTime(b, at), nil
}

func (s shape) appendTime(b []byte, at time.Time) []byte {
	at = at.UTC()
	year, month, day := at.Date()
	before := year <= 0
	if before {
		year = 1 - year
	}
	b = append(b, '"')
	b = padded(b, year, 4)
	b = padded(append(b, '-'), int(month), 2)
	b = padded(append(b, '-'), day, 2)
	if s != shapeDate {
		b = padded(append(b, 'T'), at.Hour(), 2)
		b = padded(append(b, ':'), at.Minute(), 2)
		b = padded(append(b, ':'), at.Second(), 2)
		if micro := at.Nanosecond() / 1000; micro > 0 {
			b = padded(append(b, '.'), micro, 6)
			for b[len(b)-1] == '0' {
				b = b[:len(b)-1]
			}
		}
	}
	if s == shapeZone {
		b = append(b, "+00:00"...)
	}
	if before {
		b = append(b, " BC"...)
	}
	return append(b, '"')
}

// padded adds n with at least width digits.
func padded(b []byte, n, width int) []byte {
	var room [20]byte
	digits := strconv.AppendInt(room[:0], int64(n), 10)
	for k := len(digits); k < width; k++ {
		b = append(b, '0')
	}
	return append(b, digits...)
}

const hexDigits = "0123456789abcdef"

// appendQuoted adds a text as JSON, as PostgreSQL writes it. lines also escapes the two line separators of Unicode, as
// encoding/json does: so do the texts that we have changed.
func appendQuoted(b []byte, s string, lines bool) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && (c < utf8.RuneSelf || !lines || c != 0xE2) {
			continue
		}
		if c == 0xE2 {
			if i+2 < len(s) && s[i+1] == 0x80 && s[i+2]&^1 == 0xA8 {
				b = append(b, s[from:i]...)
				b = append(b, `\u202`...)
				b = append(b, hexDigits[s[i+2]&0xF])
				i += 2
				from = i + 1
			}
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\b':
			b = append(b, `\b`...)
		case '\f':
			b = append(b, `\f`...)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, hexDigits[c>>4], hexDigits[c&0xF])
		}
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}
