package produce

import (
	"bufio"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// newSmallReader has a buffer so small that most lines do not fit in it.
func newSmallReader(s string) *bufio.Reader { return bufio.NewReaderSize(strings.NewReader(s), 16) }

func TestParseRate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Rate{
		"500/s": {500, time.Second}, "7": {7, time.Second}, "90/m": {90, time.Minute}, "1000000/h": {1_000_000, time.Hour},
	} {
		if got, err := ParseRate(in); err != nil || got != want {
			t.Errorf("ParseRate(%q) = %v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "0/s", "-1/s", "1.5/s", "5/d", "5/", "/s", "1000001/s", "9999999999999999999/s", "5/s/s"} {
		if got, err := ParseRate(in); err == nil || !strings.Contains(err.Error(), "is no rate: write N/s") {
			t.Errorf("ParseRate(%q) = %v, %v", in, got, err)
		}
	}
}

// Record i is sent i/rate after the first, to the nanosecond, however odd the
// rate and however many there are.
func TestPacerDoesNotDrift(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"3/s", "7/m", "1000000/s", "999983/h"} {
		synctest.Test(t, func(t *testing.T) {
			rate, err := ParseRate(in)
			if err != nil {
				t.Fatal(err)
			}
			const n = 2000
			p, began := newPacer(rate), time.Now()
			for range n + 1 {
				if err := p.wait(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			want := time.Duration(float64(rate.per) * n / float64(rate.n))
			if took := time.Since(began); took < want-1 || took > want+1 {
				t.Errorf("%s: %d records took %v, want %v", in, n, took, want)
			}
		})
	}
}

// Whoever was held up catches up with the schedule.
func TestPacerCatchesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, began := newPacer(Rate{10, time.Second}), time.Now()
		for i := range 101 {
			if i == 10 {
				<-time.After(5 * time.Second) // Kafka is away
			}
			if err := p.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("101 records at 10/s took %v", took)
		}
	})
}

func TestPacerWithoutRateOrTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, began := newPacer(Rate{}), time.Now()
		for range 1000 {
			if err := p.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		p = newPacer(Rate{1, time.Hour})
		first, second := p.wait(ctx), p.wait(ctx)
		if took := time.Since(began); first != nil || !errors.Is(second, context.DeadlineExceeded) || took != time.Second {
			t.Errorf("%v, %v after %v", first, second, took)
		}
	})
}

func TestLineTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for in, want := range map[string]string{
		`1.2.3.4 - - [22/Jan/2019:03:56:14 +0330] "GET / HTTP/1.1" 200 5`: "2019-01-22T00:26:14Z",
		`{"timestamp":"2018-03-24T14:37:19.037299-0600"}`:                 "2018-03-24T20:37:19.037299Z",
		`{"t":"2018-03-24t14:37:19z"}`:                                    "2018-03-24T14:37:19Z",
		"2018-03-24 14:37:19,5+01:00 INFO":                                "2018-03-24T13:37:19.5Z",
		"at 2018-03-24T14:37:19Z [22/Jan/2019:03:56:14 +0330]":            "2018-03-24T14:37:19Z",
		"[22/Jan/2019:03:56:14 +0330] at 2018-03-24T14:37:19Z":            "2019-01-22T00:26:14Z",
		"Feb 25 16:19:38 host tag: [25/Feb/2019:16:19:48 +0000]":          "2026-02-25T16:19:38Z",
		"<34>Mar  2 11:59:59 host tag: x":                                 "2026-03-02T11:59:59Z", // a clock ahead
		"Mar 3 00:00:00 host x":                                           "2025-03-03T00:00:00Z",
		"Dec 31 23:59:59 host x":                                          "2025-12-31T23:59:59Z",
		"Feb 29 00:00:00 host x":                                          "2024-02-29T00:00:00Z",
		"Feb 30 00:00:00 host x":                                          "",
		"Foo 12 00:00:00 host x":                                          "",
		"[99/Jan/2019:03:56:14 +0330]":                                    "",
		"2018-13-24T14:37:19Z":                                            "",
		"2018-03-24T14:37:19":                                             "",
		"1960-03-24T14:37:19Z":                                            "",
		"":                                                                "",
		strings.Repeat("x", searched) + "2018-03-24T14:37:19Z":            "",
	} {
		got, ok := LineTime([]byte(in), now)
		if text := got.UTC().Format(time.RFC3339Nano); ok != (want != "") || ok && text != want {
			t.Errorf("%.80q: %s (%t), want %q", in, text, ok, want)
		}
	}
	// On New Year's Eve a clock may be in the next year already.
	eve := time.Date(2026, 12, 31, 23, 59, 0, 0, time.UTC)
	if got, _ := LineTime([]byte("Jan  1 00:00:05 host x"), eve); got.Year() != 2027 {
		t.Errorf("got %v", got)
	}
}

// No line makes it panic, and what it finds is a time Kafka can hold.
func FuzzLineTime(f *testing.F) {
	for _, s := range []string{"[22/Jan/2019:03:56:14 +0330]", "2018-03-24 14:37:19,5+01:00", "Feb 29 00:00:00 x"} {
		f.Add([]byte(s))
	}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, b []byte) {
		before := string(b)
		if at, ok := LineTime(b, now); ok && (at.UnixMilli() < 0 || at.Year() > 10000) {
			t.Errorf("time %v", at)
		}
		if string(b) != before {
			t.Errorf("the line became %q", b)
		}
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ expr, line, want string }{
		{"json:a.b", `{"a":{"b":"x"}}`, "x"},
		{"json:a.b", `{"a":1}`, ""},
		{"json:a", `{"a":"bad\u0001"}`, ""},
		{`regexp:host=(\w+)`, "t=1 host=web7 x", "web7"},
		{`regexp:^\S+`, "web7 x", "web7"},
		{`regexp:host=(\w*)`, "host=", ""},
		{`regexp:host=(\w+)`, "none", ""},
		{`regexp:(a)?b`, "b", ""},
		{`regexp:(?s)(.+)`, "a\x01", ""},
	} {
		n, err := NamedBy(tt.expr)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(n([]byte(tt.line))); got != tt.want {
			t.Errorf("%s of %q: %q, want %q", tt.expr, tt.line, got, tt.want)
		}
	}
	for expr, want := range map[string]string{
		"":            `"" is neither json:PATH nor regexp:EXPR`,
		"header:feed": "is neither",
		"json:":       `"json:": `,
		"json:a..b":   `"json:a..b": `,
		"regexp:(":    `regexp "(": `,
	} {
		if _, err := NamedBy(expr); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("NamedBy(%q): error %v, want %q", expr, err, want)
		}
	}
	for _, bad := range []string{"", "a\nb", strings.Repeat("x", 256), "\xff"} {
		if _, err := Named(bad); err == nil {
			t.Errorf("Named(%q) is taken", bad)
		}
		if CheckTenant(bad) == nil {
			t.Errorf("CheckTenant(%q) is taken", bad)
		}
	}
	if err := CheckTenant("acme"); err != nil {
		t.Error(err)
	}
}
