package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests know their zones wherever they run

	robfig "github.com/robfig/cron/v3"
	"pgregory.net/rapid"

	"github.com/feedgauge/feedgauge"
)

type fataler interface {
	Helper()
	Fatal(...any)
}

func zone(t fataler, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func line(t fataler, expr, place string) Schedule {
	t.Helper()
	s, err := Cron(expr, zone(t, place))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// due lists the due times in [from, to), as the clocks there show them.
func due(t fataler, s Schedule, place, from, to string) []string {
	t.Helper()
	z := zone(t, place)
	bound := func(text string) feedgauge.Instant {
		at, err := time.ParseInLocation("2006-01-02", text, z)
		if err != nil {
			t.Fatal(err)
		}
		return feedgauge.InstantOf(at)
	}
	var list []string
	for at := s.Next(bound(from) - 1); at < bound(to); at = s.Next(at) {
		list = append(list, at.Time().In(z).Format("02 15:04 MST"))
	}
	return list
}

func TestWhereClocksChange(t *testing.T) {
	for _, c := range []struct {
		name, expr, zone, from, to string
		want                       []string
	}{
		{"jumped over", "30 2 * * *", "Europe/Berlin", "2026-03-28", "2026-03-31",
			[]string{"28 02:30 CET", "29 03:00 CEST", "30 02:30 CEST"}},
		{"twice", "30 2 * * *", "Europe/Berlin", "2026-10-24", "2026-10-27",
			[]string{"24 02:30 CEST", "25 02:30 CEST", "26 02:30 CET"}},
		{"jumped over and due there", "30 2,3 * * *", "Europe/Berlin", "2026-03-29", "2026-03-30",
			[]string{"29 03:00 CEST", "29 03:30 CEST"}},
		{"both at three", "0 2,3 * * *", "Europe/Berlin", "2026-03-29", "2026-03-30",
			[]string{"29 03:00 CEST"}},
		{"several jumped over", "*/20 1,2 * * *", "Europe/Berlin", "2026-03-29", "2026-03-30",
			[]string{"29 01:00 CET", "29 01:20 CET", "29 01:40 CET", "29 03:00 CEST"}},
		{"several twice", "*/20 2 * * *", "Europe/Berlin", "2026-10-25", "2026-10-26",
			[]string{"25 02:00 CEST", "25 02:20 CEST", "25 02:40 CEST"}},
		{"every other hour", "0 */6 * * *", "Europe/Berlin", "2026-10-25", "2026-10-26",
			[]string{"25 00:00 CEST", "25 06:00 CET", "25 12:00 CET", "25 18:00 CET"}},
		{"in New York", "30 2 * * sun", "America/New_York", "2026-03-01", "2026-03-16",
			[]string{"01 02:30 EST", "08 03:00 EDT", "15 02:30 EDT"}},
		{"twice in New York", "30 1 * * *", "America/New_York", "2026-11-01", "2026-11-03",
			[]string{"01 01:30 EDT", "02 01:30 EST"}},
		{"midnight that is not", "0 0 * * *", "America/Sao_Paulo", "2018-11-03", "2018-11-06",
			[]string{"03 00:00 -03", "04 01:00 -02", "05 00:00 -02"}},
		{"a day that is not", "0 12 * * *", "Pacific/Apia", "2011-12-29", "2012-01-01",
			[]string{"29 12:00 -10", "31 00:00 +14", "31 12:00 +14"}},
	} {
		if got := due(t, line(t, c.expr, c.zone), c.zone, c.from, c.to); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q is due at\n     %v\nwant %v", c.name, c.expr, got, c.want)
		}
	}
}

// A line for every hour is due each hour that passes.
func TestEveryHour(t *testing.T) {
	for day, want := range map[string]int{"2026-03-29": 23, "2026-10-25": 25, "2026-06-01": 24} {
		next := map[string]string{"2026-03-29": "2026-03-30", "2026-10-25": "2026-10-26", "2026-06-01": "2026-06-02"}[day]
		for _, expr := range []string{"@hourly", "30 * * * *", "30 */1 * * *", "59 0-23 * * *"} {
			if got := len(due(t, line(t, expr, "Europe/Berlin"), "Europe/Berlin", day, next)); got != want {
				t.Errorf("%q is due %d times on %s, want %d", expr, got, day, want)
			}
		}
	}
}

func TestDays(t *testing.T) {
	for _, c := range []struct {
		expr, from, to string
		want           string
	}{
		{"0 0 13 * fri", "2026-02-01", "2026-03-01", "06, 13, 20, 27"}, // either is enough
		{"0 0 * * fri", "2026-02-01", "2026-02-15", "06, 13"},
		{"0 0 13 * *", "2026-02-01", "2026-04-01", "13, 13"},
		{"0 0 31 * *", "2026-01-01", "2026-08-01", "31, 31, 31, 31"},
		{"0 0 1-10/3 feb *", "2026-01-01", "2027-01-01", "01, 04, 07, 10"},
		{"0 0 25/2 * *", "2026-02-01", "2026-03-01", "25, 27"},
		{"0 0 1 JAN,jul *", "2026-01-01", "2027-01-01", "01, 01"},
		{"@weekly", "2026-06-01", "2026-06-15", "07, 14"},
		{"@Monthly", "2026-06-01", "2026-08-01", "01, 01"},
		{"@yearly", "2026-06-01", "2028-01-02", "01, 01"},
		{"@daily", "2026-06-01", "2026-06-03", "01, 02"},
		{" 0  0\t* * 0,6 ", "2026-06-01", "2026-06-08", "06, 07"},
	} {
		var days []string
		for _, at := range due(t, line(t, c.expr, "UTC"), "UTC", c.from, c.to) {
			days = append(days, at[:2])
		}
		if got := strings.Join(days, ", "); got != c.want {
			t.Errorf("%q is due on %s, want %s", c.expr, got, c.want)
		}
	}
}

func TestLeapDays(t *testing.T) {
	s := line(t, "0 12 29 2 *", "Europe/Berlin")
	at := feedgauge.InstantOf(time.Date(2095, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, want := range []string{"2096-02-29T11:00:00Z", "2104-02-29T11:00:00Z"} {
		if at = s.Next(at); at.String() != want {
			t.Errorf("due at %s, want %s", at, want)
		}
	}
}

func TestEnds(t *testing.T) {
	for _, expr := range []string{"0 12 1 1 *", "0 * * * *", "* * * * *"} {
		s := line(t, expr, "Europe/Berlin")
		for _, at := range []feedgauge.Instant{feedgauge.After, feedgauge.After - 1, 253_402_300_799_999} {
			if got := s.Next(at); got != feedgauge.After {
				t.Errorf("%q: after %s comes %s", expr, at, got)
			}
		}
		if got := s.Slot(feedgauge.Before); got != feedgauge.Before {
			t.Errorf("%q: the first slot is %s", expr, got)
		}
		if got := s.Slot(feedgauge.After).Time().Year(); got != 9999 {
			t.Errorf("%q: the last slot is in %d", expr, got)
		}
		if got := s.Next(feedgauge.Before).Time().Year(); got > 2 {
			t.Errorf("%q: the first is due in %d", expr, got)
		}
	}
}

func fieldError(t *testing.T, err error) feedgauge.FieldError {
	t.Helper()
	var f *feedgauge.FieldError
	if !errors.As(err, &f) {
		t.Fatalf("%v is no FieldError", err)
	}
	return *f
}

func TestMistakes(t *testing.T) {
	const element = "write a value, a range such as 1-5, a step such as */15, or * for all"
	for _, c := range []struct {
		expr   string
		offset int
		msg    string
		hint   string
	}{
		{"", 0, "the line is empty", example},
		{"0 2 * *", 7, "the day of week is missing, a line has five fields", example},
		{"0", 1, "the hour is missing, a line has five fields", example},
		{"0 0 2 * * *", 10, `"*" is too much, a line has five fields, and none for seconds`, example},
		{"TZ=UTC 0 2 * * *", 0, "the time zone is an option of its own", "leave it out here"},
		{"0 TZ=UTC * * *", 2, `"TZ=UTC" does not fit the hour, 0 to 23`, element},
		{"@every 1h", 0, `"@every 1h" is no line of cron`, "give the interval alone, without @every"},
		{" @dayly", 1, `"@dayly" is not known`, `did you mean "@daily"?`},
		{"@reboot", 0, `"@reboot" is not known`, "one of: @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually"},
		{"@daily 5", 7, `"5" is too much after @daily`, ""},
		{"60 2 * * *", 0, `"60" does not fit the minute, 0 to 59`, element},
		{"0 2,24 * * *", 4, `"24" does not fit the hour, 0 to 23`, element},
		{"0 2, * * *", 4, `"" does not fit the hour, 0 to 23`, element},
		{"0 2 0 * *", 4, `"0" does not fit the day of month, 1 to 31`, element},
		{"0 2 * juno *", 6, `"juno" does not fit the month, 1 to 12 or jan to dec`, `did you mean "jun"?`},
		{"0 2 * * mon-fry", 8, `"mon-fry" does not fit the day of week, 0 (Sunday) to 6 or sun to sat`, `did you mean "fri"?`},
		{"0 2 * * 7", 8, `"7" does not fit the day of week, 0 (Sunday) to 6 or sun to sat`, "Sunday is 0"},
		{"5-1 2 * * *", 0, `"5-1" does not fit the minute, 0 to 59`, element},
		{"*/0 2 * * *", 0, `"*/0" does not fit the minute, 0 to 59`, element},
		{"*-5 2 * * *", 0, `"*-5" does not fit the minute, 0 to 59`, element},
		{"+5 2 * * *", 0, `"+5" does not fit the minute, 0 to 59`, element},
		{"0 2 * * ?", 8, `"?" does not fit the day of week, 0 (Sunday) to 6 or sun to sat`, element},
		{"5/ 2 * * *", 0, `"5/" does not fit the minute, 0 to 59`, element},
		{"0 2 30 2 *", 4, `no month it names has a day 30, so it would never be due`, ""},
		{"0 2 31 4,6,9-9,nov *", 4, `no month it names has a day 31, so it would never be due`, ""},
	} {
		_, err := Cron(c.expr, nil)
		if err == nil {
			t.Errorf("%q is accepted", c.expr)
			continue
		}
		want := feedgauge.FieldError{Field: "schedule", Offset: c.offset, Msg: c.msg, Hint: c.hint}
		if got := fieldError(t, err); got != want {
			t.Errorf("%q:\n got %+v\nwant %+v", c.expr, got, want)
		}
	}
}

var (
	zones = []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "UTC"}
	lines = []string{
		"30 2 * * *", "*/20 1,2 * * *", "0 0-5 * * *", "* 2 * * sun", "0 * * * *", "*/7 * * * mon-fri", "15 0,12 1 * mon",
		"0 0 29 2 *", "59 23 31 12 *", "@daily", "@hourly", "5/10 */2 * */3 0",
	}
)

func drawCron(t *rapid.T) Schedule {
	return line(t, rapid.SampledFrom(lines).Draw(t, "line"), rapid.SampledFrom(zones).Draw(t, "zone"))
}

// drawInstant favours the days around changes of clocks.
func drawInstant(t *rapid.T, label string) feedgauge.Instant {
	changes := []feedgauge.Instant{
		1774746000000, // Berlin, 29 March 2026
		1792890000000, // Berlin, 25 October 2026
		1772953200000, // New York, 8 March 2026
		1793512800000, // New York, 1 November 2026
		1775314800000, // Lord Howe, 4 April 2026
		1541300400000, // Sao Paulo, 4 November 2018
		1325239200000, // Apia, 30 December 2011
	}
	base := rapid.SampledFrom(changes).Draw(t, label+" near")
	return base + feedgauge.Instant(rapid.Int64Range(-2*86_400_000, 2*86_400_000).Draw(t, label))
}

// clock is a clock on the wall as package time shows it, for whole minutes.
func clock(at feedgauge.Instant, z *time.Location) time.Time {
	t := at.Time().In(z)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// fitting reports whether a line of cron fits a time on the wall: the library,
// which is right where clocks do not change, says so in UTC.
func fitting(t *rapid.T, expr string) func(time.Time) bool {
	s, err := robfig.NewParser(robfig.Minute | robfig.Hour | robfig.Dom | robfig.Month | robfig.Dow | robfig.Descriptor).Parse("TZ=UTC " + expr)
	if err != nil {
		t.Fatal(err)
	}
	return func(w time.Time) bool { return s.Next(w.Add(-time.Second)).Equal(w) }
}

// What is due is what one would see who watches the clock, minute by minute: a
// line for every hour when the clock shows a time that fits, any other when the
// clock gets to or beyond one for the first time.
func TestWatchTheClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		expr := rapid.SampledFrom(lines).Draw(t, "line")
		place := rapid.SampledFrom(zones).Draw(t, "zone")
		z, s, fits := zone(t, place), line(t, expr, place), fitting(t, expr)
		hourly := strings.Fields(expr)[0] == "@hourly" || !strings.HasPrefix(expr, "@") && strings.Fields(expr)[1] == "*"
		from := feedgauge.WindowOf(drawInstant(t, "from"), time.Minute).Start
		to := from + 30*3_600_000
		// The clock's furthest before the start, and then on.
		furthest := clock(from-60_000, z)
		for at := from - 26*3_600_000; at < from; at += 60_000 {
			if c := clock(at, z); c.After(furthest) {
				furthest = c
			}
		}
		var want []string
		for at := from; at < to; at += 60_000 {
			now, is := clock(at, z), false
			if hourly {
				is = fits(now)
			} else {
				for ; furthest.Before(now); furthest = furthest.Add(time.Minute) {
					is = is || fits(furthest.Add(time.Minute))
				}
			}
			if is {
				want = append(want, at.String())
			}
		}
		var got []string
		for at := s.Next(from - 1); at < to; at = s.Next(at) {
			got = append(got, at.String())
		}
		if !slices.Equal(got, want) {
			t.Fatalf("due at\n     %v\nwant %v", got, want)
		}
	})
}

// Any line of numbers is due when the library says, where clocks do not change.
func TestLikeTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := func(name string, low, high int) string {
			a := rapid.IntRange(low, high).Draw(t, name)
			b := rapid.IntRange(a, high).Draw(t, name+" to")
			return rapid.SampledFrom([]string{
				"*", "*/3", fmt.Sprint(a), fmt.Sprintf("%d-%d", a, b), fmt.Sprintf("%d,%d", b, a), fmt.Sprintf("%d-%d/2", a, b),
			}).Draw(t, name+" as")
		}
		expr := strings.Join([]string{part("minute", 0, 59), part("hour", 0, 23), part("dom", 1, 28), part("month", 1, 12), part("dow", 0, 6)}, " ")
		theirs, err := robfig.ParseStandard("TZ=UTC " + expr)
		if err != nil {
			t.Fatal(err)
		}
		ours := line(t, expr, "UTC")
		at := drawInstant(t, "at")
		for range 20 {
			want := theirs.Next(at.Time())
			if at = ours.Next(at); at != feedgauge.InstantOf(want) {
				t.Fatalf("%q is due at %s, want %s", expr, at, want)
			}
		}
	})
}

// Whatever is written, it is a line that is due some time, or a mistake with its
// place.
func FuzzCron(f *testing.F) {
	for _, expr := range lines {
		f.Add(expr)
	}
	f.Add("TZ=x")
	f.Add("CRON_TZ=x 1 * * *")
	f.Fuzz(func(t *testing.T, expr string) {
		s, err := Cron(expr, time.UTC)
		if err != nil {
			if e := fieldError(t, err); e.Offset < 0 || e.Offset > len(expr) || e.Msg == "" {
				t.Fatalf("%q: %+v", expr, e)
			}
			return
		}
		first := s.Next(0)
		second := s.Next(first)
		if first <= 0 || second <= first || second == feedgauge.After || s.Slot(second-1) != first {
			t.Fatalf("%q is due at %s and %s", expr, first, second)
		}
	})
}

func BenchmarkCron(b *testing.B) {
	for _, expr := range []string{"30 2 * * *", "*/5 * * * *", "0 0 29 2 *"} {
		s := line(b, expr, "Europe/Berlin")
		b.Run("Next "+expr, func(b *testing.B) {
			for b.Loop() {
				s.Next(1_774_746_000_000)
			}
		})
		b.Run("Slot "+expr, func(b *testing.B) {
			for b.Loop() {
				s.Slot(1_774_746_000_000)
			}
		})
	}
}
