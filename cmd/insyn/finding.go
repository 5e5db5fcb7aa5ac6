package main

// grade is how a check came out.
type grade string

const (
	gradeOK   grade = "ok"
	gradeWarn grade = "warn"
	gradeFail grade = "FAIL"
)

// finding is one line of a check: what is so, and for the bad ones the mend.
type finding struct {
	grade grade
	text  string
	// away: the server does not answer at all, which passes by itself.
	away bool
}
