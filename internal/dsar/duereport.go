package dsar

// DueReport is a legal date with all its readings, for the command line.
type DueReport struct {
	Received              Date   `json:"received"`
	Country               string `json:"country"`
	Extended              bool   `json:"extended"`
	PausedDays            int    `json:"paused_days"`
	Due                   Date   `json:"due"`
	DueStrict             Date   `json:"due_strict"`
	DueWithoutPause       Date   `json:"due_without_pause"`
	DueStrictWithoutPause Date   `json:"due_strict_without_pause"`
	ExtensionNoticeBy     Date   `json:"extension_notice_by"`
	Explanation           string `json:"explanation"`
	ExplanationSV         string `json:"explanation_sv"`
}

// NewDueReport computes the legal date and words it in both languages. Errors are those of LegalDate.
func NewDueReport(in DueInput) (DueReport, error) {
	d, err := LegalDate(in)
	if err != nil {
		return DueReport{}, err
	}
	return DueReport{
		Received:              in.Received,
		Country:               countryCode(in.Country),
		Extended:              in.Extended,
		PausedDays:            d.PausedDays,
		Due:                   d.Due,
		DueStrict:             d.Strict,
		DueWithoutPause:       d.WithoutPause,
		DueStrictWithoutPause: d.StrictWithoutPause,
		ExtensionNoticeBy:     d.FirstMonth,
		Explanation:           d.Explain("en"),
		ExplanationSV:         d.Explain("sv"),
	}, nil
}
