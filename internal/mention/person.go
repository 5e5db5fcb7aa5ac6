// Package mention finds one person, or many, in free text and replaces them. It does no input or output.
package mention

// Person is what is on record about one person; every field may be empty.
type Person struct {
	Given          []string
	Called         string
	Surname        []string
	FormerSurnames []string
	Nicknames      []string
	Emails         []string
	Phones         []string // as typed; a national number is Swedish
	Personnummer   string
	Addresses      []Address
	CustomerNo     string
	Handles        []string
}

// Address is one postal address; only the street with its number identifies.
type Address struct{ Street, Postcode, City string }

// Context is what is known about the row that a text was read from.
type Context struct {
	Linked bool     // the row belongs to the subject
	Others []Person // other people on the same row

	beside []other // Others made ready
}

// Ready makes the others ready once, for a context that many texts have.
func (c Context) Ready() Context {
	c.beside = newOthers(c.Others)
	return c
}

// Kind says what of a person a span holds.
type Kind string

// The kinds of spans.
const (
	Name         Kind = "name"
	Email        Kind = "email"
	Phone        Kind = "phone"
	Personnummer Kind = "personnummer"
	Street       Kind = "address"
	CustomerNo   Kind = "customer_no"
	Handle       Kind = "handle"
)

// Confidence orders how sure a span is.
type Confidence int

// From a guess to a fact.
const (
	Unsure Confidence = iota
	Likely
	Certain
)

// String is the name of a confidence, in small letters.
func (c Confidence) String() string { return [...]string{"unsure", "likely", "certain"}[c] }

// Span is one mention. Start and End are byte offsets into the text as stored, on rune boundaries.
type Span struct {
	Start, End int
	Subject    int // index into the subjects given to New, -1 for nobody in particular
	Kind       Kind
	Confidence Confidence
	Rule       string // which rule found it
}
