package config

import (
	"testing"
	"time"
)

func TestSourceBounds(t *testing.T) {
	t.Parallel()
	src := "kafka {\n  brokers = [\"k:1\"]\n  workers = 64\n}\nsource \"kafka\" \"s\" {\n  topics = [\"t\"]\n  outage_after = \"30s\"\n  max_feeds = 5000\n}\n" +
		"class \"c\" { match = [\"*\"] }\n"
	p, ds := Parse("t.hcl", []byte(src), builtin())
	if p == nil {
		t.Fatal(ds.Err())
	}
	if s := p.Sources[0]; s.OutageAfter != 30*time.Second || s.MaxFeeds != 5000 || p.Kafka.Workers != 64 {
		t.Errorf("source %+v, cluster %+v", s, p.Kafka)
	}
	p, ds = Parse("t.hcl", []byte(wrap("")), builtin())
	if p == nil {
		t.Fatal(ds.Err())
	}
	if s := p.Sources[0]; s.OutageAfter != 0 || s.MaxFeeds != 0 || p.Kafka.Workers != 1 {
		t.Errorf("by default source %+v, cluster %+v", s, p.Kafka)
	}
	_, ds = Parse("t.hcl", []byte("kafka {\n  brokers = [\"k:1\"]\n  workers = 0\n}\nsource \"kafka\" \"s\" {\n  topics = [\"t\"]\n  outage_after = 30\n  max_feeds = 1e9\n}\nclass \"c\" {}\nfeed \"f\" { class = \"c\" }\n"), builtin())
	expect(t, ds, `3:13 Invalid value of "workers"`, "7:18 Wrong type", `8:15 Invalid value of "max_feeds"`)
}

// Statuses that a feed has of itself cannot be a rule's; what the shipped rules
// and others may find can.
func TestNamesOfRules(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"silent", "empty", "short", "malformed", "never_seen", "late", "high", "header_only", "OK"} {
		if _, ds := Parse("t.hcl", []byte(wrap("  rule \""+name+"\" { when = \"feed.seen\" }\n")), builtin()); len(ds) > 0 {
			t.Errorf("%q: %v", name, ds.Err())
		}
	}
	for _, name := range []string{"ok", "learning", "recovering", "unknown", "muted"} {
		_, ds := Parse("t.hcl", []byte(wrap("  rule \""+name+"\" { when = \"feed.seen\" }\n")), builtin())
		expect(t, ds, "5:8 Reserved name")
		_, ds = Parse("t.hcl", []byte(wrap("  rule \"r\" {\n    when = \"feed.seen\"\n    status = \""+name+"\"\n  }\n")), builtin())
		expect(t, ds, `7:14 Invalid value of "status"`)
	}
}
