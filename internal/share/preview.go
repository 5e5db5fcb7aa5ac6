package share

import (
	"fmt"
	"io"
	"time"

	"insyn/internal/dossier"
	"insyn/internal/wording"
)

// Preview is the customer's page as a handler sees it before it is sent. Nothing on it can be pressed.
type Preview struct {
	Texts       *wording.Texts
	Dossier     *dossier.Reader
	Lang        string
	Loc         *time.Location
	Closes      time.Time // when a link sent now would close
	NewLinkDays int
	BaseURL     string // of the share site
	Style       string // where the page finds the sheet that Style gives
	Entries     int64  // of a section at most; 0 is as many as the customer sees at first
}

// Write writes the page.
func (p Preview) Write(w io.Writer) error {
	pages, err := parsePages()
	if err != nil {
		return fmt.Errorf("share: %w", err)
	}
	s := &site{Config: Config{Texts: p.Texts, BaseURL: p.BaseURL}, pages: pages}
	o := opened{lang: p.Lang, dossier: p.Dossier, link: link{expires: p.Closes}}
	limit := int64(firstEntries)
	if p.Entries > 0 {
		limit = p.Entries
	}
	v, err := s.viewPage(s.printer(o, p.Loc, p.NewLinkDays), o, limit)
	if err != nil {
		return err
	}
	v.Preview, v.Style, v.Other = true, p.Style, ""
	b, err := s.render("view", v)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

// Style is the style sheet of the site.
func Style() ([]byte, error) { return assets.ReadFile("assets/share.css") }
