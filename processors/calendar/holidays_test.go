package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
)

func country(t *testing.T, code string) Holidays {
	t.Helper()
	h, err := Country(code)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// inYear lists the holidays of a year as 01-31.
func inYear(h Holidays, year int) []string {
	var list []string
	for day := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == year; day = day.AddDate(0, 0, 1) {
		if d := (Date{day.Year(), day.Month(), day.Day()}); h(d) {
			list = append(list, d.String()[5:])
		}
	}
	return list
}

// The dates are those the governments publish.
func TestCountries(t *testing.T) {
	for _, c := range []struct {
		code string
		year int
		want string
	}{
		{"de", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25 12-26"},
		{"DE-BY", 2026, "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 10-03 11-01 12-25 12-26"},
		{"us", 2026, "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25"},
		{"gb", 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-26 12-28"},
		{"fr", 2026, "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"},
		{"nl", 2026, "01-01 04-03 04-06 04-27 05-05 05-14 05-25 12-25 12-26"},
		{"at", 2026, "01-01 01-06 04-06 05-01 05-14 05-25 06-04 08-15 10-26 11-01 12-08 12-25 12-26"},
		{"ch", 2026, "01-01 05-14 08-01 12-25"},
		{"ch-zh", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 08-01 12-25 12-26"},
		{"dk", 2024, "01-01 03-28 03-29 04-01 05-09 05-20 06-05 12-25 12-26"}, // the prayer day was abolished
	} {
		if got := strings.Join(inYear(country(t, c.code), c.year), " "); got != c.want {
			t.Errorf("%s in %d:\n got %s\nwant %s", c.code, c.year, got, c.want)
		}
	}
}

// New Year's Day of 2022, a Saturday, was kept on the last day of 2021.
func TestKeptInAnotherYear(t *testing.T) {
	us := country(t, "us")
	for _, d := range []Date{{2021, time.December, 31}, {2022, time.January, 1}} {
		if !us(d) {
			t.Errorf("%s is no holiday", d)
		}
	}
}

func TestTable(t *testing.T) {
	if codes := Countries(); !slices.IsSorted(codes) || len(slices.Compact(codes)) != len(countries) {
		t.Errorf("the codes are out of order or not unique: %v", Countries())
	}
	for _, code := range Countries() {
		h := country(t, code)
		for _, d := range []Date{{2026, time.January, 1}, {FirstYear, time.December, 25}, {LastYear, time.December, 25}} {
			if !h(d) {
				t.Errorf("%s: %s is no holiday", code, d)
			}
		}
		if h(Date{2026, time.June, 10}) {
			t.Errorf("%s: an ordinary Wednesday is a holiday", code)
		}
	}
}

// What all of Switzerland keeps is what each canton keeps.
func TestCantons(t *testing.T) {
	kept := make(map[string]int)
	cantons := 0
	for _, code := range Countries() {
		if strings.HasPrefix(code, "ch-") {
			cantons++
			for _, d := range inYear(country(t, code), 2026) {
				kept[d]++
			}
		}
	}
	var all []string
	for d, n := range kept {
		if n == cantons {
			all = append(all, d)
		}
	}
	slices.Sort(all)
	if got := inYear(country(t, "ch"), 2026); cantons != 26 || !slices.Equal(got, all) {
		t.Errorf("%d cantons keep %v, the country %v", cantons, all, got)
	}
}

// The zone of the machine does not show, not even one without some midnights.
func TestZoneOfTheMachine(t *testing.T) {
	old := cal.DefaultLoc
	defer func() { cal.DefaultLoc = old }()
	for _, code := range []string{"de", "us", "gb", "se"} {
		cal.DefaultLoc = time.UTC
		want := inYear(country(t, code), 2018)
		for _, name := range []string{"America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "America/Havana"} {
			cal.DefaultLoc = zone(t, name)
			if got := inYear(country(t, code), 2018); !slices.Equal(got, want) {
				t.Errorf("%s seen from %s: %v, want %v", code, name, got, want)
			}
		}
	}
}

func TestUnknownCountry(t *testing.T) {
	for code, hint := range map[string]string{
		"uk":    `did you mean "gb"?`,
		"de-bz": `did you mean "de-bb"?`,
		"atlantis": "known are " + strings.Join(Countries(), ", ") +
			"; for others give an ICS file",
	} {
		_, err := Country(code)
		if err == nil {
			t.Errorf("%q is known", code)
			continue
		}
		f := fieldErrors(t, err)[0]
		if f.Field != "holidays" || f.Hint != hint || !strings.Contains(f.Msg, code) {
			t.Errorf("%q: %+v", code, f)
		}
	}
}

func TestUnion(t *testing.T) {
	first := func(d Date) bool { return d.Day == 1 }
	june := func(d Date) bool { return d.Month == time.June }
	both := Union(nil, first, june)
	for d, want := range map[Date]bool{{2026, 6, 1}: true, {2026, 5, 1}: true, {2026, 6, 2}: true, {2026, 5, 2}: false} {
		if both(d) != want {
			t.Errorf("%s is %t", d, !want)
		}
	}
	if Union(nil, nil) != nil || Union() != nil {
		t.Error("a union of nothing has holidays")
	}
	if one := Union(nil, first); !one(Date{2026, 5, 1}) || one(Date{2026, 6, 2}) {
		t.Error("a union of one differs from it")
	}
}
