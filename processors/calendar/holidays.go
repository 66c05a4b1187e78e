package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/us"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// Holidays of countries and files are worked out for these years.
const (
	FirstYear = 1970
	LastYear  = 2100
)

// Date is a date on the clocks of a calendar's zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// String returns the date as 2026-01-31.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Holidays reports whether a date is a holiday. It must always give the same
// answer for the same date, and may be called from several goroutines.
type Holidays func(Date) bool

// Union returns the holidays that are in any of the lists; those that are nil
// have none.
func Union(lists ...Holidays) Holidays {
	lists = slices.DeleteFunc(slices.Clone(lists), func(h Holidays) bool { return h == nil })
	switch len(lists) {
	case 0:
		return nil
	case 1:
		return lists[0]
	}
	return func(d Date) bool {
		return slices.ContainsFunc(lists, func(h Holidays) bool { return h(d) })
	}
}

// countries are the holidays known by a code of ISO 3166: of a country those of
// all of it, of a state or canton its own as well. They are what the library
// says, for "gb" those of England and Wales; only its "ch" mixes what some
// cantons keep, so that is given here as what all keep.
var countries = []struct {
	code string
	list []*cal.Holiday
}{
	{"at", at.Holidays},
	{"be", be.Holidays},
	{"ca", ca.Holidays},
	{"ch", []*cal.Holiday{ch.Neujahr, ch.Auffahrt, ch.Bundesfeiertag, ch.Weihnachtstag}},
	{"ch-ag", ch.HolidaysAG},
	{"ch-ai", ch.HolidaysAI},
	{"ch-ar", ch.HolidaysAR},
	{"ch-be", ch.HolidaysBE},
	{"ch-bl", ch.HolidaysBL},
	{"ch-bs", ch.HolidaysBS},
	{"ch-fr", ch.HolidaysFR},
	{"ch-ge", ch.HolidaysGE},
	{"ch-gl", ch.HolidaysGL},
	{"ch-gr", ch.HolidaysGR},
	{"ch-ju", ch.HolidaysJU},
	{"ch-lu", ch.HolidaysLU},
	{"ch-ne", ch.HolidaysNE},
	{"ch-nw", ch.HolidaysNW},
	{"ch-ow", ch.HolidaysOW},
	{"ch-sg", ch.HolidaysSG},
	{"ch-sh", ch.HolidaysSH},
	{"ch-so", ch.HolidaysSO},
	{"ch-sz", ch.HolidaysSZ},
	{"ch-tg", ch.HolidaysTG},
	{"ch-ti", ch.HolidaysTI},
	{"ch-ur", ch.HolidaysUR},
	{"ch-vd", ch.HolidaysVD},
	{"ch-vs", ch.HolidaysVS},
	{"ch-zg", ch.HolidaysZG},
	{"ch-zh", ch.HolidaysZH},
	{"cz", cz.Holidays},
	{"de", de.Holidays},
	{"de-bb", de.HolidaysBB},
	{"de-be", de.HolidaysBE},
	{"de-bw", de.HolidaysBW},
	{"de-by", de.HolidaysBY},
	{"de-hb", de.HolidaysHB},
	{"de-he", de.HolidaysHE},
	{"de-hh", de.HolidaysHH},
	{"de-mv", de.HolidaysMV},
	{"de-ni", de.HolidaysNI},
	{"de-nw", de.HolidaysNW},
	{"de-rp", de.HolidaysRP},
	{"de-sh", de.HolidaysSH},
	{"de-sl", de.HolidaysSL},
	{"de-sn", de.HolidaysSN},
	{"de-st", de.HolidaysST},
	{"de-th", de.HolidaysTH},
	{"dk", dk.Holidays},
	{"es", es.Holidays},
	{"fr", fr.Holidays},
	{"gb", gb.Holidays},
	{"ie", ie.Holidays},
	{"it", it.Holidays},
	{"nl", nl.Holidays},
	{"no", no.Holidays},
	{"pl", pl.Holidays},
	{"se", se.Holidays},
	{"us", us.Holidays},
}

// Countries returns the codes that [Country] knows, in order.
func Countries() []string {
	codes := make([]string, len(countries))
	for i := range countries {
		codes[i] = countries[i].code
	}
	return codes
}

// Country returns the public holidays of a country by its code of ISO 3166, for
// example "fr", or of a German state or Swiss canton, "de-by" or "ch-zh". One
// that falls on a weekend and is kept on a weekday instead counts on both. The
// error is a [feedgauge.FieldError] of field "holidays".
func Country(code string) (Holidays, error) {
	for i := range countries {
		if strings.EqualFold(code, countries[i].code) {
			return observed(countries[i].list).has, nil
		}
	}
	codes := Countries()
	hint := suggest.Hint(code, codes)
	if strings.EqualFold(code, "uk") {
		hint = `did you mean "gb"?`
	}
	if hint == "" {
		hint = "known are " + strings.Join(codes, ", ") + "; for others give an ICS file"
	}
	return nil, &feedgauge.FieldError{
		Field: "holidays", Msg: fmt.Sprintf("the holidays of %q are not known", code), Hint: hint,
	}
}

// dates is a set of holidays.
type dates map[Date]struct{}

func (s dates) has(d Date) bool {
	_, ok := s[d]
	return ok
}

// add takes in the date of t, in t's own zone, if it is in the years of the set.
func (s dates) add(t time.Time) {
	if y, m, d := t.Date(); FirstYear <= y && y <= LastYear {
		s[Date{y, m, d}] = struct{}{}
	}
}

// observed works out the dates of holidays. The years around are looked at too,
// since a New Year's Day on a Saturday may be kept on the 31st of December.
func observed(list []*cal.Holiday) dates {
	set := make(dates)
	for _, h := range list {
		for year := FirstYear - 1; year <= LastYear+1; year++ {
			actual, kept := h.Calc(year)
			set.addMidnight(actual)
			set.addMidnight(kept)
		}
	}
	return set
}

// addMidnight takes in a date that the library gives as a midnight of the
// machine's zone, zero if there is none. In some zones some midnights do not
// exist, and what stands for them may be an hour before; noon tells the date
// wherever we run.
func (s dates) addMidnight(t time.Time) {
	if !t.IsZero() {
		s.add(t.Add(12 * time.Hour))
	}
}
