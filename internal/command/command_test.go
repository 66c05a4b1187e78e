package command

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
)

func id(name string) feedgauge.FeedID { return feedgauge.FeedID{Tenant: "main", Name: name} }

func TestCheck(t *testing.T) {
	t.Parallel()
	good := Request{Verb: feedgauge.Mute, Feeds: []feedgauge.FeedID{id("a"), id("b")}, Who: "kim", Why: "works", Until: feedgauge.After}
	if err := good.Check(); err != nil {
		t.Errorf("a good request: %v", err)
	}
	for want, change := range map[string]func(*Request){
		"name the feeds, or labels":             func(r *Request) { r.Feeds = nil },
		"feeds or labels, not both":             func(r *Request) { r.Labels = map[string]string{"a": "b"} },
		`feed "a" is named twice`:               func(r *Request) { r.Feeds[1] = r.Feeds[0] },
		`"" cannot be the name of a feed`:       func(r *Request) { r.Feeds[0].Name = "" },
		`"a\x00" cannot be the name of a tenan`: func(r *Request) { r.Feeds[0].Tenant = "a\x00" },
		`"" cannot be the name of somebody`:     func(r *Request) { r.Who = "" },
		"a mute needs a reason":                 func(r *Request) { r.Why = " " },
		"501 bytes is too long: 500 are":        func(r *Request) { r.Why = strings.Repeat("x", MaxWhy+1) },
		`"a\nb" is not one line`:                func(r *Request) { r.Why = "a\nb" },
		`"\xff" is not one line`:                func(r *Request) { r.Why = "\xff" },
		"a mute needs an end":                   func(r *Request) { r.Until = 0 },
	} {
		r := good
		r.Feeds = append([]feedgauge.FeedID(nil), good.Feeds...)
		change(&r)
		if err := r.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	ack := Request{Verb: feedgauge.Ack, Labels: map[string]string{"site": "lon1"}, Who: "kim"}
	if err := ack.Check(); err != nil {
		t.Errorf("an ack without a reason: %v", err)
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	n := 0
	newID := func() string { n++; return strconv.Itoa(n) }
	r := Request{Verb: feedgauge.Mute, Feeds: []feedgauge.FeedID{id("b"), id("a")}, Who: "kim", Why: "works", Until: 5}
	got := r.commands(newID)
	// Two feeds may be watched in one partition, which folds an id once.
	if len(got) != 2 || got[0].ID == got[1].ID || got[0].Feed != id("b") || got[1].Feed != id("a") {
		t.Fatalf("commands %+v", got)
	}
	if c := got[1]; c.Verb != feedgauge.Mute || c.Who != "kim" || c.Why != "works" || c.Until != 5 || c.Labels != nil {
		t.Errorf("command %+v", c)
	}
	r = Request{Verb: feedgauge.Ack, Labels: map[string]string{"a": "b"}}
	if got := r.commands(newID); len(got) != 1 || got[0].Labels["a"] != "b" || got[0].Feed != (feedgauge.FeedID{}) {
		t.Errorf("commands %+v", got)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	labels := map[string]string{"b": "2", "a": "1"}
	for want, c := range map[string]feedgauge.Command{
		"ack main/web-01":                        {Verb: feedgauge.Ack, Feed: id("web-01")},
		"ack main/a as false":                    {Verb: feedgauge.Ack, Feed: id("a"), Word: feedgauge.WordFalse},
		"unmute all feeds with a=1,b=2":          {Verb: feedgauge.Unmute, Labels: labels},
		"mute main/a until it is unmuted":        {Verb: feedgauge.Mute, Feed: id("a"), Until: feedgauge.After},
		"mute main/a until 2023-11-14T22:13:20Z": {Verb: feedgauge.Mute, Feed: id("a"), Until: 1_700_000_000_000},
	} {
		if got := Describe(&c); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestParseLabels(t *testing.T) {
	t.Parallel()
	got, err := ParseLabels([]string{"site=lon1", "team=a=b", "site=lon1"})
	if err != nil || len(got) != 2 || got["site"] != "lon1" || got["team"] != "a=b" {
		t.Errorf("labels %v, %v", got, err)
	}
	for _, words := range [][]string{{"site"}, {"=x"}, {"site="}, {"a=1", "a=2"}} {
		if got, err := ParseLabels(words); err == nil {
			t.Errorf("%q: labels %v", words, got)
		}
	}
}

func TestEnd(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ length, until, want string }{
		{"90m", "", "2026-11-25T08:30:00Z"},
		{"7d", "", "2026-12-02T07:00:00Z"},
		{"", "2026-11-25T08:00:00+01:00", "is past"},
		{"", "2026-11-25T08:00:01+01:00", "2026-11-25T07:00:01Z"},
		{"", "forever", feedgauge.After.String()},
		{"", "", "say for how long"},
		{"1h", "forever", "not both"},
		{"", "tomorrow", "neither a time"},
		{"0s", "", "no length of time"},
		{"-1h", "", "no length of time"},
		{"0d", "", "no length of time"},
		{"1000000d", "", "no length of time"},
		{"1.5d", "", "no length of time"},
		{"soon", "", "no length of time"},
	} {
		at, err := End(tt.length, tt.until, now)
		got := at.String()
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, tt.want) {
			t.Errorf("%q, %q: %s, want %s", tt.length, tt.until, got, tt.want)
		}
	}
}
