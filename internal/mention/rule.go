package mention

// Rules are the rules that may stand in a Span, as review pages explain them.
func Rules() []string {
	return []string{
		"email", "address spells the name", "phone", "personnummer", "personnummer masked", "street", "customer number", "handle",
		"full name", "full name of somebody else too", "full name as words", "initial and surname", "name and initial", "introduced initials", "misspelt name", "misspelt name beside a contact detail",
		"surname alone", "surname after an unknown word", "given name alone",
	}
}
