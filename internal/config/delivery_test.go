package config

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/schedule"
)

func TestDelivery(t *testing.T) {
	t.Parallel()
	c := oneClass(t, `  time_zone = "Europe/Berlin"
  period    = "25h"
  delivery {
    schedule = "0 2 * * *"
    deadline = "2h"
    name     = "x-file"
    lines    = "x-lines"
  }
`)
	// 2026-03-29 is the day on which clocks are put forward from 02:00 to 03:00.
	win := c.Window(at(t, "Europe/Berlin", "2026-03-28 12:00"))
	if want := (feedgauge.Window{Start: at(t, "Europe/Berlin", "2026-03-28 04:00"), End: at(t, "Europe/Berlin", "2026-03-29 05:00")}); win != want {
		t.Errorf("window %v to %v, want %v to %v", win.Start, win.End, want.Start, want.End)
	}
	if *c.Delivery != (pipeline.Delivery{Name: "x-file", Lines: "x-lines"}) || c.Deadline != 2*time.Hour {
		t.Errorf("deadline %v, delivery %+v", c.Deadline, c.Delivery)
	}
	if c.Every != 25*time.Hour || c.Period != 25*time.Hour || c.Settle != 0 {
		t.Errorf("every %v, period %v, settle %v", c.Every, c.Period, c.Settle)
	}
}

func TestDeliveryAtAnInterval(t *testing.T) {
	t.Parallel()
	c := oneClass(t, "  settle = \"1h\"\n  delivery {\n    every = \"6h\"\n    deadline = \"0s\"\n  }\n")
	win := c.Window(at(t, "UTC", "2026-03-28 12:00"))
	if want := (feedgauge.Window{Start: at(t, "UTC", "2026-03-28 12:00"), End: at(t, "UTC", "2026-03-28 18:00")}); win != want {
		t.Errorf("window %v to %v, want %v to %v", win.Start, win.End, want.Start, want.End)
	}
	if c.Delivery != nil || c.Every != 6*time.Hour || c.Period != 0 || c.Settle != time.Hour {
		t.Errorf("%+v", c)
	}
}

func TestDeliveryMistakes(t *testing.T) {
	t.Parallel()
	_, ds := Parse("t.hcl", []byte(wrap(`  every  = "7m"
  period = "1m"
  delivery "x" { every = "1h" }
  delivery {
    schedule = "0 2 30 2 *"
    dedline  = "1h"
    lines    = "\n"
  }
}
class "d" {
  period = "1h"
  delivery {
    every    = "10ms"
    deadline = 5
    name     = 5
  }
}
class "e" {
  delivery {
    every    = "1h"
    deadline = "1h"
    schedule = 5
  }
`)), builtin())
	expect(t, ds,
		`5:12 Invalid value of "every"`, "7:12 Label not expected", "8:3 Missing option", `9:21 Invalid value of "schedule"`,
		"10:5 Unknown option", `11:16 Invalid value of "lines"`,
		`17:16 Invalid value of "every"`, "18:16 Wrong type", "19:16 Wrong type",
		`24:16 Invalid value of "every"`, `26:16 Wrong type`,
	)
}

// What lies between deliveries is measured over weekends, months and changes of
// clocks.
func TestGaps(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string][2]time.Duration{
		"0 2 * * *":      {23 * time.Hour, 25 * time.Hour},
		"* * * * *":      {time.Minute, time.Minute},
		"* 8-17 * * 1-5": {time.Minute, 62*time.Hour + time.Minute},
		"0 0 1 * *":      {28 * day, 31*day + time.Hour},
		"0 12 1 1 *":     {365 * day, 365 * day},
		"0 6,18 * * *":   {11 * time.Hour, 13 * time.Hour},
		"15 10 29 2 *":   {1461 * day, 1461 * day},
		"0 9-17/2 * * *": {2 * time.Hour, 17 * time.Hour},
		"30 4 * * sun":   {7*day - time.Hour, 7*day + time.Hour},
		"0 12 * * mon":   {7*day - time.Hour, 7*day + time.Hour},
		"0 12 * 6,7 *":   {day, 305 * day},
		"*/10 * * * *":   {10 * time.Minute, 10 * time.Minute},
		"0 * * * *":      {time.Hour, time.Hour},
	} {
		s, err := schedule.Cron(line, berlin)
		if err != nil {
			t.Fatal(err)
		}
		shortest, longest, mean := newLoader(Plugins{}).gaps(s)
		if shortest != want[0] || longest != want[1] || mean < shortest || mean > longest {
			t.Errorf("%s: %v to %v, want %v to %v, and %v between them", line, shortest, longest, want[0], want[1], mean)
		}
	}
	l := newLoader(Plugins{})
	l.slots = 0 // many schedules before it have used up what is allowed
	s, err := schedule.Every(time.Hour, 0)
	if err != nil {
		t.Fatal(err)
	}
	if shortest, longest, mean := l.gaps(s); shortest != time.Hour || longest != time.Hour || mean != time.Hour {
		t.Errorf("%v to %v, %v", shortest, longest, mean)
	}
}

// A forecast of deliveries knows how many come on average, when they are due, and
// how time is cut; the longest gap, of a weekend, is what a period is held against.
func TestForecastOfDeliveries(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][2]time.Duration{
		"0 2 * * *":      {24 * time.Hour, 24 * time.Hour},
		"0 2 * * 1-5":    {33*time.Hour + 36*time.Minute, 72 * time.Hour},
		"0 2,20 * * 1-5": {16*time.Hour + 48*time.Minute, 54 * time.Hour},
	} {
		c := oneClass(t, "  delivery {\n    schedule = \""+line+"\"\n    deadline = \"2h\"\n  }\n  forecast \"adaptive\" {}\n")
		if d := c.Env.Every - want[0]; d.Abs() > 30*time.Minute || c.Every != want[1] || c.Env.Deadline != 2*time.Hour {
			t.Errorf("%s: %v on average, want %v; at most %v, want %v", line, c.Env.Every, want[0], c.Every, want[1])
		}
		now := at(t, "UTC", "2026-03-28 12:00")
		if c.Env.Window(now) != c.Window(now) {
			t.Errorf("%s: the forecast cuts time in another way", line)
		}
	}
}
