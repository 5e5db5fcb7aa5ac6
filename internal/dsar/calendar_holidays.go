package dsar

import (
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/se"
)

// Holiday is a day on which a period cannot end. A last day that meets one moves on.
type Holiday struct {
	Date   Date
	EN, SV string
	Eve    bool // by lag (1930:173) 2 § beside the public holidays, not one of them
}

// In is the holiday's name in a sentence.
func (h Holiday) In(lang string) string {
	if swedish(lang) {
		return h.SV
	}
	return h.EN
}

// feast is a rule for a holiday of every year, with its names.
type feast struct {
	rule   *cal.Holiday
	en, sv string
	eve    bool
}

// feasts are the public holidays of a whole country. They are listed here one by one, rather than taken as the library's
// list, because that list answers another question (when are offices closed): it lacks Finland and the feasts that are
// always Sundays, and has the Danish Constitution Day, which is no holiday by law.
func feasts(country string) []feast {
	switch countryCode(country) {
	case "SE": // lag (1989:253); Whit Monday is a working day since 2005
		return []feast{
			{rule: se.Nyarsdagen, en: "New Year's Day", sv: "nyårsdagen"},
			{rule: se.TrettondedagJul, en: "Epiphany (trettondedag jul)", sv: "trettondedag jul"},
			{rule: se.Langfredagen, en: "Good Friday", sv: "långfredagen"},
			{rule: se.Paskdagen, en: "Easter Sunday", sv: "påskdagen"},
			{rule: se.AnnandagPask, en: "Easter Monday", sv: "annandag påsk"},
			{rule: se.ForstaMaj, en: "1 May", sv: "första maj"},
			{rule: se.KristiHimmelfardsdag, en: "Ascension Day", sv: "Kristi himmelsfärdsdag"},
			{rule: se.Pingstdagen, en: "Whit Sunday", sv: "pingstdagen"},
			{rule: se.Nationaldagen, en: "the National Day", sv: "nationaldagen"},
			{rule: se.Midsommarafton, en: "Midsummer Eve", sv: "midsommarafton", eve: true},
			{rule: se.Midsommardagen, en: "Midsummer Day", sv: "midsommardagen"},
			{rule: se.AllaHelgonsDag, en: "All Saints' Day", sv: "alla helgons dag"},
			{rule: se.Julafton, en: "Christmas Eve", sv: "julafton", eve: true},
			{rule: se.Juldagen, en: "Christmas Day", sv: "juldagen"},
			{rule: se.AnnandagJul, en: "Boxing Day", sv: "annandag jul"},
			{rule: se.Nyarsafton, en: "New Year's Eve", sv: "nyårsafton", eve: true},
		}
	case "FI": // the eves of lag 150/1930 bind courts and authorities only
		return []feast{
			{rule: aa.NewYear, en: "New Year's Day", sv: "nyårsdagen"},
			{rule: aa.Epiphany, en: "Epiphany", sv: "trettondagen"},
			{rule: aa.GoodFriday, en: "Good Friday", sv: "långfredagen"},
			{rule: aa.Easter, en: "Easter Sunday", sv: "påskdagen"},
			{rule: aa.EasterMonday, en: "Easter Monday", sv: "annandag påsk"},
			{rule: aa.WorkersDay, en: "1 May", sv: "första maj"},
			{rule: aa.AscensionDay, en: "Ascension Day", sv: "Kristi himmelsfärdsdag"},
			{rule: aa.Pentecost, en: "Whit Sunday", sv: "pingstdagen"},
			// Midsummer Day and All Saints' Day fall on the same Saturdays as in Sweden.
			{rule: se.Midsommardagen, en: "Midsummer Day", sv: "midsommardagen"},
			{rule: se.AllaHelgonsDag, en: "All Saints' Day", sv: "alla helgons dag"},
			{
				rule: &cal.Holiday{Month: time.December, Day: 6, Func: cal.CalcDayOfMonth},
				en:   "Independence Day", sv: "självständighetsdagen",
			},
			{rule: aa.ChristmasDay, en: "Christmas Day", sv: "juldagen"},
			{rule: aa.ChristmasDay2, en: "Boxing Day", sv: "annandag jul"},
		}
	case "DK": // the rule for store bededag ends itself with 2023
		return []feast{
			{rule: dk.Nytaarsdag, en: "New Year's Day", sv: "nyårsdagen"},
			{rule: dk.Skaertorsdag, en: "Maundy Thursday", sv: "skärtorsdagen"},
			{rule: dk.Langfredag, en: "Good Friday", sv: "långfredagen"},
			{rule: aa.Easter, en: "Easter Sunday", sv: "påskdagen"},
			{rule: dk.AndenPaaskedag, en: "Easter Monday", sv: "annandag påsk"},
			{rule: dk.StoreBededag, en: "General Prayer Day", sv: "stora bönedagen"},
			{rule: dk.KristiHimmelfartsdag, en: "Ascension Day", sv: "Kristi himmelsfärdsdag"},
			{rule: aa.Pentecost, en: "Whit Sunday", sv: "pingstdagen"},
			{rule: dk.AndenPinsedag, en: "Whit Monday", sv: "annandag pingst"},
			{rule: dk.Juledag, en: "Christmas Day", sv: "juldagen"},
			{rule: dk.AndenJuledag, en: "Boxing Day", sv: "annandag jul"},
		}
	case "DE": // nationwide only; the holidays of single states would need to know the state
		return []feast{
			{rule: de.Neujahr, en: "New Year's Day", sv: "nyårsdagen"},
			{rule: de.Karfreitag, en: "Good Friday", sv: "långfredagen"},
			{rule: de.Ostermontag, en: "Easter Monday", sv: "annandag påsk"},
			{rule: de.TagderArbeit, en: "1 May", sv: "första maj"},
			{rule: de.ChristiHimmelfahrt, en: "Ascension Day", sv: "Kristi himmelsfärdsdag"},
			{rule: de.Pfingstmontag, en: "Whit Monday", sv: "annandag pingst"},
			{rule: de.DeutschenEinheit, en: "the Day of German Unity", sv: "tyska enhetsdagen"},
			{rule: de.Weihnachtstag, en: "Christmas Day", sv: "juldagen"},
			{rule: de.ZweiterWeihnachtsfeiertag, en: "Boxing Day", sv: "annandag jul"},
		}
	}
	return nil
}
