package config

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// The shipped example is valid, short, and has the rules that are promised.
func TestShippedExample(t *testing.T) {
	atRoot(t)
	src, err := os.ReadFile("pipeline.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(src, []byte("\n")); n >= 80 {
		t.Errorf("%d lines, want under 80", n)
	}
	p, ds := Load([]string{"pipeline.hcl"}, builtin())
	if p == nil || len(ds) > 0 {
		t.Fatal(ds.Err())
	}
	if p.Kafka.Brokers[0] != "localhost:9092" || p.Metrics != "127.0.0.1:9464" || p.Kafka.Prefix != "feedgauge" || p.Kafka.Partitions != 12 {
		t.Errorf("cluster %+v, metrics %q", p.Kafka, p.Metrics)
	}
	web := p.Classes[0]
	if web.Name != "web" || web.Source != "raw" || web.Every != time.Minute || web.Period != 5*time.Minute || web.Lateness != 30*time.Second {
		t.Errorf("class %+v", web)
	}
	want := map[string]string{
		"never_seen": "!feed.seen",
		"silent":     "silence.age > feed.period",
		"empty":      "window.arrivals > 0 && window.blank == window.arrivals",
		"short":      "window.events > 0 && window.events < 0.75 * forecast.events.expected",
		"malformed":  "window.errors > 0.05 * window.arrivals",

		"wrong_clock": `clock.kind != ""`, // of the format, which reads times
		"delayed":     "delay.grows",
	}
	for _, r := range web.Rules {
		if want[r.Name()] != r.Config().When || !strings.Contains(r.Config().Say, "{feed.name}") {
			t.Errorf("rule %+v", r.Config())
		}
		delete(want, r.Name())
	}
	if len(want) > 0 {
		t.Errorf("no rules %v", want)
	}
	formats := map[string]bool{}
	for _, c := range p.Classes {
		formats[c.Format] = true
		if _, err := c.Checker(); err != nil {
			t.Error(err)
		}
	}
	for _, f := range []string{"access_combined", "json", "syslog_rfc3164"} {
		if !formats[f] {
			t.Errorf("no class with format %q", f)
		}
	}
	feed := feedgauge.FeedID{Tenant: "main", Name: "web-01"}
	if got := p.Period(p.Classify("raw", feed), feed); got != 2*time.Minute {
		t.Errorf("period of %v is %v", feed, got)
	}
	if p.Sinks[0].Kind != "kafka" || p.Sinks[1].Kind != "stdout" {
		t.Errorf("sinks %+v", p.Sinks)
	}
}

// The other good file, with a value for everything.
func TestEverything(t *testing.T) {
	atRoot(t)
	p, ds := Load([]string{"testdata/good/everything.hcl"}, builtin())
	if p == nil {
		t.Fatal(ds.Err())
	}
	if k := p.Kafka; p.Embedded.Dir != "testdata/good/data" || k.Prefix != "fg.test" || k.Partitions != 3 || k.Instance != "one" || k.MetadataAge != 2*time.Second || k.Topic("state") != "fg.test.state" {
		t.Errorf("cluster %+v in %+v", k, p.Embedded)
	}
	if p.Metrics != "" {
		t.Errorf("metrics %q", p.Metrics)
	}
	raw := p.Sources[0]
	if raw.Start.Back != 24*time.Hour || raw.Start.Latest || raw.SlackAppend != time.Second || raw.SlackCreate != time.Second || len(raw.Topics) != 2 {
		t.Errorf("source %+v", raw)
	}
	if other := p.Sources[1]; !other.Start.Latest || other.SlackAppend != time.Second || other.SlackCreate != 30*time.Second {
		t.Errorf("source %+v", other)
	}
	namer, err := raw.Namer()
	if err != nil {
		t.Fatal(err)
	}
	_, name, _ := namer.Name(&feedgauge.Record{Key: []byte("k")})
	if string(name) != "k" {
		t.Errorf("named %q, want the default accessors to take the key", name)
	}
	web := p.Classes[0]
	r := web.Rules[0].Config()
	if web.Lateness != 2*time.Second || web.Labels["site"] != "london" || r.For != 2 || r.Clear != 3 || r.Say != "{feed.name}: only {window.events}" || !strings.Contains(r.When, "&&\n  window.events") {
		t.Errorf("class %+v, rule %+v", web, r)
	}
	fw := p.Feeds[feedgauge.FeedID{Tenant: "main", Name: "fw-01"}]
	if fw == nil || fw.Period != 10*time.Minute || fw.Owner != "network team" || fw.Labels["tier"] != "1" || fw.Class != "devices" || len(p.Feeds) != 5 {
		t.Errorf("%d feeds, fw-01 is %+v", len(p.Feeds), fw)
	}
}

// A file of feeds that may be quiet, for reasons of all kinds.
func TestQuiet(t *testing.T) {
	atRoot(t)
	p, ds := Load([]string{"testdata/good/quiet.hcl"}, builtin())
	if p == nil {
		t.Fatal(ds.Err())
	}
	if s := p.Sources[0]; s.OutageAfter != 2*time.Minute || s.MaxFeeds != 100_000 || p.Kafka.Workers != 4 {
		t.Errorf("source %+v, cluster %+v", s, p.Kafka)
	}
	office, files, reports, pods := p.Classes[0], p.Classes[1], p.Classes[2], p.Classes[3]
	if office.Late != 30*time.Minute || office.Settle != 15*time.Minute || office.Active(at(t, "Europe/Berlin", "2026-01-05 12:00")) || !office.Active(at(t, "Europe/Berlin", "2026-01-07 12:00")) {
		t.Errorf("class %+v", office)
	}
	if files.Deadline != 2*time.Hour || *files.Delivery != (pipeline.Delivery{Name: "x-file", Bytes: "x-bytes", Lines: "x-lines"}) || files.Schedule.Next(at(t, "UTC", "2026-01-10 12:00")) != at(t, "UTC", "2026-01-12 01:00") {
		t.Errorf("class %+v", files)
	}
	if reports.Every != 6*time.Hour || reports.Delivery != nil || pods.RetireAfter != 24*time.Hour || pods.Forecast != "" {
		t.Errorf("classes %+v and %+v", reports, pods)
	}
	if len(p.Groups) != 1 || p.Groups[0].Need != 2 || len(p.Groups[0].Members) != 3 {
		t.Errorf("groups %+v", p.Groups)
	}
}
