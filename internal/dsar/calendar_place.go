package dsar

import (
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a container without zone files must still know when the day ends in Stockholm
)

// Countries are the countries of establishment whose holidays are known, by ISO 3166 code.
func Countries() []string { return []string{"DE", "DK", "FI", "SE"} }

// Location is the zone in which a controller's day begins and ends. A country that LegalDate does not know gets UTC.
func Location(country string) *time.Location {
	zones := map[string]string{
		"DE": "Europe/Berlin",
		"DK": "Europe/Copenhagen",
		"FI": "Europe/Helsinki",
		"SE": "Europe/Stockholm",
	}
	loc, err := time.LoadLocation(zones[countryCode(country)])
	if err != nil {
		return time.UTC
	}
	return loc
}

func countryCode(country string) string { return strings.ToUpper(strings.TrimSpace(country)) }

func errCountry(country string) error {
	return fmt.Errorf("no holiday calendar for country %q: supported are %s", country, strings.Join(Countries(), ", "))
}
