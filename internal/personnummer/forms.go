package personnummer

import "time"

// Long is YYYYMMDD-NNNN.
func (n Number) Long() string {
	if n.digits == "" {
		return ""
	}
	return n.digits[:8] + "-" + n.digits[8:]
}

// Short is YYMMDD-NNNN as written today: see ShortAt.
func (n Number) Short() string { return n.ShortAt(time.Now()) }

// ShortAt is YYMMDD-NNNN, with + from the year in which the person turns a hundred.
func (n Number) ShortAt(on time.Time) string {
	if n.digits == "" {
		return ""
	}
	separator := "-"
	if year, _, _ := n.Birth(); on.Year()-year >= 100 {
		separator = "+"
	}
	return n.digits[2:8] + separator + n.digits[8:]
}

// Forms are the spellings to look for in text and columns: twelve and ten digits, with -, +, a blank and nothing between.
// The ten-digit ones can also mean a person a hundred years older or younger.
func (n Number) Forms() []string {
	if n.digits == "" {
		return nil
	}
	var forms []string
	for _, date := range []string{n.digits[:8], n.digits[2:8]} {
		for _, separator := range []string{"-", "", "+", " "} {
			forms = append(forms, date+separator+n.digits[8:])
		}
	}
	return forms
}
