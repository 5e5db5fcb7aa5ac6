package personnummer

import "errors"

// ErrPerson says that an organisation number was wanted and a person's number was given, as sole traders have it.
var ErrPerson = errors.New("the number is a person's, not an organisation's")

// OrgNumber checks a Swedish organisation number, of ten digits or of twelve with 16 before them, and returns it as
// NNNNNN-NNNN. The third and fourth digit of an organisation are 20 or more, where a person has the month.
func OrgNumber(s string) (string, error) {
	digits, separator, err := split(s)
	if err != nil {
		return "", err
	}
	if separator == '+' {
		return "", ErrFormat
	}
	if len(digits) == 12 {
		if digits[:2] != "16" {
			return "", ErrFormat
		}
		digits = digits[2:]
	}
	if !luhn(digits) {
		return "", ErrChecksum
	}
	if digits[2] < '2' {
		return "", ErrPerson
	}
	if digits[0] == '0' { // the first digit is the kind of organisation, from 1
		return "", ErrFormat
	}
	return digits[:6] + "-" + digits[6:], nil
}
