package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// oneClass returns the class of a configuration with those options.
func oneClass(t *testing.T, options string) *pipeline.Class {
	t.Helper()
	p, ds := Parse("t.hcl", []byte(wrap(options)), builtin())
	if p == nil {
		t.Fatalf("%s: %v", options, ds.Err())
	}
	return p.Classes[0]
}

// at reads a time of a zone.
func at(t *testing.T, zone, s string) feedgauge.Instant {
	t.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	tm, err := time.ParseInLocation("2006-01-02 15:04", s, z)
	if err != nil {
		t.Fatal(err)
	}
	return feedgauge.InstantOf(tm)
}

func TestHours(t *testing.T) {
	t.Parallel()
	c := oneClass(t, "  active = \"Mon-Fri 08:00-18:00\"\n  time_zone = \"Europe/Berlin\"\n  holidays = [\"de\"]\n  period = \"1h\"\n")
	for s, want := range map[string]bool{
		"2026-05-04 08:00": true, "2026-05-04 07:59": false, "2026-05-04 18:00": false, // a Monday
		"2026-05-02 12:00": false, // a Saturday
		"2026-05-01 12:00": false, // Labour Day
	} {
		if got := c.Active(at(t, "Europe/Berlin", s)); got != want {
			t.Errorf("active at %s: %v", s, got)
		}
	}
	friday, monday := at(t, "Europe/Berlin", "2026-05-08 17:30"), at(t, "Europe/Berlin", "2026-05-11 08:30")
	if got := c.After(friday, time.Hour); got != monday {
		t.Errorf("an hour after %v is %v, want %v", friday, got, monday)
	}
}

// Holidays alone take days away from all hours, and a zone says which hours
// those are.
func TestHolidaysAlone(t *testing.T) {
	t.Parallel()
	c := oneClass(t, "  time_zone = \"Asia/Tokyo\"\n  holidays = [\"FR\"]\n")
	for s, want := range map[string]bool{"2026-07-13 23:59": true, "2026-07-14 00:00": false, "2026-07-14 23:59": false, "2026-07-15 00:00": true} {
		if got := c.Active(at(t, "Asia/Tokyo", s)); got != want {
			t.Errorf("active at %s: %v", s, got)
		}
	}
}

// Without a word on hours there is no calendar at all, not one that is nil
// inside of an interface.
func TestNoHours(t *testing.T) {
	t.Parallel()
	for _, options := range []string{"", "  holidays = []\n", "  active = null\n"} {
		if c := oneClass(t, options); c.Calendar != nil || c.Schedule != nil || c.Delivery != nil {
			t.Errorf("%q gives calendar %v, schedule %v, delivery %v", options, c.Calendar, c.Schedule, c.Delivery)
		}
	}
}

func TestHolidaysOfAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ics := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//feedgauge//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" +
		"DTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260107\r\nSUMMARY:Stocktaking\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	if err := os.WriteFile(filepath.Join(dir, "shop.ics"), []byte(ics), 0o600); err != nil {
		t.Fatal(err)
	}
	p, ds := Parse(filepath.Join(dir, "p.hcl"), []byte(wrap("  holidays = [\"ics:shop.ics\", \"de\"]\n")), builtin())
	if p == nil {
		t.Fatal(ds.Err())
	}
	for s, want := range map[string]bool{"2026-01-05 12:00": false, "2026-01-06 12:00": false, "2026-01-07 12:00": true, "2026-05-01 12:00": false} {
		if got := p.Classes[0].Active(at(t, "UTC", s)); got != want {
			t.Errorf("active at %s: %v", s, got)
		}
	}
	_, ds = Parse(filepath.Join(dir, "p.hcl"), []byte(wrap("  holidays = [\"xx\", \"ics:\", \"ics:p.hcl\", \"ics:shop.ics\", \"xx\"]\n")), builtin())
	expect(t, ds, `5:15 Invalid value of "holidays"`, `5:21 Invalid value of "holidays"`, `5:29 Invalid value of "holidays"`, `5:58 Invalid value of "holidays"`)
}

// All mistakes in hours come at once, and what is wrong with them is not told
// of other options too.
func TestMistakesInHours(t *testing.T) {
	t.Parallel()
	_, ds := Parse("t.hcl", []byte(wrap(`  active       = "Mon 08:00-25:00; Tue; Wed 08:00-18:00"
  time_zone    = ""
  holidays     = "de"
  late         = "5 min"
  retire_after = "1h"
  settle       = 5
`)), builtin())
	expect(t, ds,
		`5:29 Invalid value of "active"`, `5:39 Invalid value of "active"`, `6:18 Invalid value of "time_zone"`,
		`7:18 Wrong type`, `8:18 Invalid value of "late"`, `10:18 Wrong type`,
	)
}

func TestStages(t *testing.T) {
	t.Parallel()
	c := oneClass(t, "  every = \"1m\"\n  period = \"10m\"\n  late = \"5m\"\n  retire_after = \"1h\"\n  settle = \"30s\"\n")
	if c.Late != 5*time.Minute || c.RetireAfter != time.Hour || c.Settle != 30*time.Second {
		t.Errorf("%+v", c)
	}
	if c := oneClass(t, "  every = \"5m\"\n"); c.Late != 0 || c.RetireAfter != 0 || c.Settle != 10*time.Minute {
		t.Errorf("by default late %v, retire_after %v, settle %v", c.Late, c.RetireAfter, c.Settle)
	}
	if c := oneClass(t, "  settle = \"0s\"\n  retire_after = \"1m\"\n"); c.Settle != 0 || c.RetireAfter != time.Minute {
		t.Errorf("settle %v, retire_after %v", c.Settle, c.RetireAfter)
	}
	// Of an office's hours a period takes the weekend too: from Friday 18:00 to
	// Monday 09:00.
	office := "  active = \"Mon-Fri 08:00-18:00\"\n  period = \"1h\"\n  retire_after = "
	oneClass(t, office+"\"64h\"\n")
	_, ds := Parse("t.hcl", []byte(wrap(office+"\"63h\"\n")), builtin())
	expect(t, ds, `7:18 Invalid value of "retire_after"`)
}
