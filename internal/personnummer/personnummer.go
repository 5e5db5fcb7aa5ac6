// Package personnummer reads Swedish personal identity numbers, coordination numbers and organisation numbers.
//
// No error and no printed form of a Number contains its digits, so that none reaches a log by accident.
package personnummer

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Why a text is not a number.
var (
	ErrFormat   = errors.New("not written as a Swedish identity number")
	ErrDate     = errors.New("the number has no possible date of birth")
	ErrChecksum = errors.New("the check digit of the number is wrong")
)

// coordinationOffset is added to the day of birth in a coordination number (samordningsnummer).
const coordinationOffset = 60

// Number is a valid personal identity number or coordination number. Two are the same person when they are ==.
type Number struct {
	digits string // twelve, YYYYMMDDNNNN
}

// Parse reads a number as it is today: see ParseAt.
func Parse(s string) (Number, error) { return ParseAt(s, time.Now()) }

// ParseAt reads a number of ten or twelve digits, with -, + or a blank before the last four, or nothing. A number of ten
// digits belongs to the youngest person that it can mean on the date of on; with + that person turns a hundred in that year
// or is older. Where twelve digits are given, the separator says nothing.
func ParseAt(s string, on time.Time) (Number, error) {
	digits, separator, err := split(s)
	if err != nil {
		return Number{}, err
	}
	if len(digits) == 10 {
		digits = century(digits, separator, on) + digits
	}
	if !luhn(digits[2:]) {
		return Number{}, ErrChecksum
	}
	n := Number{digits: digits}
	year, month, day := n.Birth()
	born := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if born.Month() != month || born.Day() != day || born.After(civil(on)) || year < 1800 {
		return Number{}, ErrDate
	}
	if digits[8:11] == "000" { // birth numbers begin with 001
		return Number{}, ErrFormat
	}
	return n, nil
}

// split parts the digits from the separator before the last four.
func split(s string) (digits string, separator rune, err error) {
	separator = '-'
	var b strings.Builder
	runes := []rune(strings.TrimSpace(s))
	for i, r := range runes {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case i == len(runes)-5 && (r == '+' || dash(r) || unicode.IsSpace(r)):
			if r == '+' {
				separator = '+'
			}
		default:
			return "", 0, ErrFormat
		}
	}
	if b.Len() != 10 && b.Len() != 12 {
		return "", 0, ErrFormat
	}
	return b.String(), separator, nil
}

// dash says whether r is one of the dashes that word processors and web pages put for a hyphen.
func dash(r rune) bool { return r == '-' || r >= '\u2010' && r <= '\u2014' || r == '\u2212' }

// century finds the first two digits of the year for ten digits. The + is written from the year, not the day, in which
// the person turns a hundred.
func century(digits string, separator rune, on time.Time) string {
	latest := on.Year()
	if separator == '+' {
		latest -= 100
	}
	year := latest - ((latest-number(digits[:2]))%100+100)%100
	n := Number{digits: fmt.Sprintf("%02d", year/100) + digits}
	y, m, d := n.Birth()
	if separator != '+' && time.Date(y, m, d, 0, 0, 0, 0, time.UTC).After(civil(on)) {
		year -= 100
	}
	return fmt.Sprintf("%02d", year/100)
}

// civil is the date of t, in its own zone, at midnight UTC.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// IsCoordination says that the person was never registered in Sweden and has a coordination number.
func (n Number) IsCoordination() bool {
	return n.digits != "" && number(n.digits[6:8]) > coordinationOffset
}

// Birth is the date of birth, as far as the number tells it.
func (n Number) Birth() (year int, month time.Month, day int) {
	if n.digits == "" {
		return 0, 0, 0
	}
	day = number(n.digits[6:8])
	if day > coordinationOffset {
		day -= coordinationOffset
	}
	return number(n.digits[:4]), time.Month(number(n.digits[4:6])), day
}

// String hides the number. Use Long or Short where it is meant to be seen.
func (n Number) String() string { return "[personnummer]" }

// GoString hides the number from %#v too.
func (n Number) GoString() string { return n.String() }

func number(digits string) int {
	v := 0
	for _, r := range digits {
		v = v*10 + int(r-'0')
	}
	return v
}

// luhn checks ten digits of which the last is the check digit.
func luhn(digits string) bool {
	sum := 0
	for i, r := range digits {
		v := int(r - '0')
		if i%2 == 0 {
			v *= 2
		}
		sum += v/10 + v%10
	}
	return sum%10 == 0
}
