package democrm

import (
	"fmt"
	"time"
)

// testDays is the number of birth dates the invented personnummer are spread over: 1940-01-01 and 65 years on.
const testDays = 23741

// inventedPersonnummer has a right checksum and a serial number of 980 to 999, the serials of the numbers that the Swedish tax
// agency gives out for tests. Numbers repeat after 474,820 persons.
func inventedPersonnummer(id int64) (number string, birth time.Time) {
	birth = time.Date(1940, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(id*7919%testDays) * 24 * time.Hour)
	serial := 980 + id/testDays%20
	nine := fmt.Sprintf("%s%03d", birth.Format("060102"), serial)
	return fmt.Sprintf("%s-%03d%d", birth.Format("20060102"), serial, luhn(nine)), birth
}

// inventedOrgNumber has a right checksum; numbers of companies have at least 20 in their third and fourth digits. The
// 99 at its beginning is in no group of companies.
func inventedOrgNumber(id int64) string {
	nine := fmt.Sprintf("99%07d", 2_000_000+id%8_000_000)
	return fmt.Sprintf("%s-%s%d", nine[:6], nine[6:], luhn(nine))
}

// luhn is the check digit of nine digits.
func luhn(digits string) int {
	sum := 0
	for i, c := range digits {
		n := int(c - '0')
		if i%2 == 0 {
			n *= 2
		}
		sum += n/10 + n%10
	}
	return (10 - sum%10) % 10
}
