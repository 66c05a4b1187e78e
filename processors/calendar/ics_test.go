package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// file wraps events, each a list of lines, in a calendar.
func file(events ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n")
	for i, e := range events {
		if !strings.Contains(e, "UID:") {
			e = fmt.Sprintf("UID:%d\n", i) + e
		}
		b.WriteString("BEGIN:VEVENT\r\n" + strings.ReplaceAll(e, "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

func TestICS(t *testing.T) {
	const xmas = "SUMMARY:Christmas\nDTSTART;VALUE=DATE:20261225"
	for name, c := range map[string]struct {
		events []string
		year   int
		want   string
	}{
		"one day":      {[]string{xmas}, 2026, "12-25"},
		"no end":       {[]string{"DTSTART:20261225"}, 2026, "12-25"},
		"end":          {[]string{xmas + "\nDTEND;VALUE=DATE:20261227"}, 2026, "12-25 12-26"},
		"end on start": {[]string{xmas + "\nDTEND;VALUE=DATE:20261225"}, 2026, "12-25"},
		"duration":     {[]string{xmas + "\nDURATION:P3D"}, 2026, "12-25 12-26 12-27"},
		"a week":       {[]string{"DTSTART;VALUE=DATE:20260101\nDURATION:P1W"}, 2026, "01-01 01-02 01-03 01-04 01-05 01-06 01-07"},
		"next year":    {[]string{"DTSTART;VALUE=DATE:20261230\nDURATION:P4D"}, 2027, "01-01 01-02"},
		"yearly":       {[]string{xmas + "\nRRULE:FREQ=YEARLY"}, 2099, "12-25"},
		"not before":   {[]string{xmas + "\nRRULE:FREQ=YEARLY"}, 2025, ""},
		"weekday":      {[]string{"DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"}, 2028, "11-23"},
		"count":        {[]string{"DTSTART;VALUE=DATE:20260701\nRRULE:FREQ=DAILY;COUNT=3"}, 2026, "07-01 07-02 07-03"},
		"until":        {[]string{"DTSTART;VALUE=DATE:20260701\nRRULE:FREQ=WEEKLY;UNTIL=20260715"}, 2026, "07-01 07-08 07-15"},
		"until, UTC":   {[]string{"DTSTART;VALUE=DATE:20260701\nRRULE:FREQ=WEEKLY;UNTIL=20260714T220000Z"}, 2026, "07-01 07-08"},
		"long, yearly": {[]string{xmas + "\nDTEND;VALUE=DATE:20261227\nRRULE:FREQ=YEARLY"}, 2027, "12-25 12-26"},
		"old, yearly":  {[]string{"DTSTART;VALUE=DATE:16010101\nRRULE:FREQ=YEARLY"}, 1970, "01-01"},
		"except":       {[]string{"DTSTART;VALUE=DATE:20260701\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE;VALUE=DATE:20260702,20260703"}, 2026, "07-01 07-04"},
		"besides":      {[]string{"DTSTART;VALUE=DATE:20260701\nRDATE;VALUE=DATE:20260801,20260901"}, 2026, "07-01 08-01 09-01"},
		"moved": {[]string{
			"UID:may\nDTSTART;VALUE=DATE:20190506\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1MO",
			"UID:may\nRECURRENCE-ID;VALUE=DATE:20200504\nDTSTART;VALUE=DATE:20200508",
		}, 2020, "05-08"},
		"cancelled": {[]string{xmas, "STATUS:CANCELLED\nDTSTART;VALUE=DATE:20261226"}, 2026, "12-25"},
		"cancelled once": {[]string{
			"UID:day\nDTSTART;VALUE=DATE:20260701\nRRULE:FREQ=DAILY;COUNT=3",
			"UID:day\nRECURRENCE-ID;VALUE=DATE:20260702\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260702",
		}, 2026, "07-01 07-03"},
		"with a time": {[]string{xmas, "DTSTART:20261224T120000Z\nDTEND:20261224T180000Z"}, 2026, "12-25"},
		"folded":      {[]string{"DTSTART;VALUE=DA\n TE:20261225"}, 2026, "12-25"},
		"an alarm":    {[]string{xmas + "\nBEGIN:VALARM\nTRIGGER:-P1D\nEND:VALARM"}, 2026, "12-25"},
		"leap day":    {[]string{"DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"}, 2028, "02-29"},
	} {
		h, err := ICS(file(c.events...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Join(inYear(h, c.year), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestBadICS(t *testing.T) {
	const day = "SUMMARY:Day\nDTSTART;VALUE=DATE:20260101\n"
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{
		"empty":      {nil, []string{"no iCalendar file", "END:VCALENDAR"}},
		"a web page": {[]byte("<html></html>"), []string{"no iCalendar file"}},
		"cut short":  {file(day)[:90], []string{"cut short"}},
		"unbalanced": {[]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR"), []string{"no valid iCalendar file"}},
		"too large":  {[]byte(strings.Repeat(" ", maxFile+1)), []string{"at most 1048576"}},
		"nothing":    {file(), []string{"no all-day event", "0 events"}},
		"only times": {file("DTSTART:20261224T120000Z"), []string{"no all-day event", "1 events"}},
		"long ago":   {file("DTSTART:19000101"), []string{"between 1970 and 2100"}},
		"no start":   {file("SUMMARY:Nothing"), []string{`event "Nothing"`, "no DTSTART"}},
		"no date":    {file("UID:x1\nDTSTART;VALUE=DATE:20261325"), []string{`event "x1"`, `DTSTART "20261325" is no date`}},
		"ends first": {file(day + "DTEND;VALUE=DATE:20251231"), []string{`event "Day"`, "-1 days"}},
		"too long":   {file(day + "DTEND;VALUE=DATE:20280101"), []string{"730 days, 1 to 366"}},
		"hours":      {file(day + "DURATION:PT5H"), []string{`DURATION "PT5H"`}},
		"days more":  {file(day + "DURATION:P1DT5H"), []string{`DURATION "P1DT5H"`}},
		"end no date": {file(day + "DTEND:soon"), []string{
			`DTEND "soon" is no date`}},
		"exdate":    {file(day + "EXDATE:x"), []string{`EXDATE "x" is no date`}},
		"rdate":     {file(day + "RDATE:20260101,"), []string{`RDATE "" is no date`}},
		"moved":     {file(day + "RECURRENCE-ID:x"), []string{`RECURRENCE-ID "x" is no date`}},
		"rule":      {file(day + "RRULE:FREQ=SOMETIMES"), []string{`RRULE "FREQ=SOMETIMES"`, "SOMETIMES"}},
		"hourly":    {file(day + "RRULE:FREQ=HOURLY"), []string{"cannot repeat within a day"}},
		"by hour":   {file(day + "RRULE:FREQ=DAILY;BYHOUR=1,2"), []string{"cannot repeat within a day"}},
		"interval":  {file(day + "RRULE:FREQ=YEARLY;INTERVAL=9223372036854775807"), []string{"interval"}},
		"no sense":  {file(day + "RRULE:FREQ=MONTHLY;BYDAY=53MO"), []string{"makes no sense"}},
		"too many":  {file(day + "DURATION:P300D\nRRULE:FREQ=DAILY"), []string{"more than 200000 days"}},
		"two wrong": {file(day+"DTEND:x", "SUMMARY:Other\nDTSTART:y"), []string{`event "Day"`, `event "Other"`}},
	} {
		_, err := ICS(c.data)
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q does not say %q", name, err, want)
			}
		}
	}
}

// A calendar of a file takes the hours of its dates.
func TestICSInCalendar(t *testing.T) {
	h, err := ICS(file("DTSTART;VALUE=DATE:20260608\nDTEND;VALUE=DATE:20260610"))
	if err != nil {
		t.Fatal(err)
	}
	c := build(t, office, "Europe/Berlin", h)
	friday := moment(t, "Europe/Berlin", "2026-06-05 17:30")
	if got, want := c.Add(friday, time.Hour), moment(t, "Europe/Berlin", "2026-06-10 08:30"); got != want {
		t.Errorf("an hour after %s is %s, want %s", friday, got, want)
	}
}

// Whatever the file holds, it gives some holidays or a message, and soon.
func FuzzICS(f *testing.F) {
	f.Add(file("SUMMARY:Christmas\nDTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY"))
	f.Add(file("DTSTART:20260701\nRRULE:FREQ=MONTHLY;BYDAY=-1MO;BYSETPOS=1\nEXDATE:20260702,20260703", "UID:0\nRECURRENCE-ID:20260801\nDTSTART:20260802"))
	f.Add(file("DTSTART:20260701\nDURATION:P1W\nRRULE:FREQ=YEARLY;BYWEEKNO=20,53;BYYEARDAY=-1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := ICS(data)
		if err != nil {
			if h != nil || err.Error() == "" {
				t.Fatalf("%v with %v", h == nil, err)
			}
			return
		}
		for year := FirstYear; year <= LastYear; year++ {
			if len(inYear(h, year)) > 0 {
				return
			}
		}
		t.Fatal("a calendar without a holiday is accepted")
	})
}
