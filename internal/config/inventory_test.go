package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// withInventory loads a configuration with an inventory of that content, with
// classes "c" (period 5m) and "free" (no period), feeds "f" and "g" in blocks, and
// more blocks.
func withInventory(t *testing.T, content string, more ...string) (*pipeline.Pipeline, Diagnostics) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "feeds.csv"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	src := wrap("  period = \"5m\"\n") + `class "free" {}
feed "f" { class = "c" }
feed "g" { class = "free" }
inventory "csv" { file = "feeds.csv" }
` + strings.Join(more, "")
	return Parse(filepath.Join(dir, "pipeline.hcl"), []byte(src), builtin())
}

func TestInventory(t *testing.T) {
	t.Parallel()
	p, ds := withInventory(t, "\ufeff# devices\r\nClass, Name ,labels,period\r\nc,web-1,\"a=1; b = x=y ;\",10m\r\n\r\nc,\"a,b\"\r\nfree,é,,\r\n")
	if p == nil || len(ds) > 0 {
		t.Fatal(ds.Err())
	}
	web := p.Feeds[feedgauge.FeedID{Tenant: "main", Name: "web-1"}]
	if web == nil || web.Class != "c" || web.Period != 10*time.Minute || len(web.Labels) != 2 || web.Labels["b"] != "x=y" {
		t.Errorf("web-1 is %+v", web)
	}
	for _, name := range []string{"a,b", "é", "f", "g"} {
		if p.Feeds[feedgauge.FeedID{Tenant: "main", Name: name}] == nil {
			t.Errorf("no feed %q", name)
		}
	}
}

func TestInventoryMistakes(t *testing.T) {
	t.Parallel()
	_, ds := withInventory(t, `name,class,tenant,period,labels
ok,c,,,
f,c,,,
ok,c,acme,,
ok,c,,,
,c,,,
a,cc,,,
b,c,,5 min,
d,c,,30s,
e,free,,10m,
h,c,,,site
i,c,,,,,
j,c,,-5m,
k
`)
	expect(t, ds,
		"3:1 Name used twice", "5:1 Name used twice", "6:1 Bad name", "7:3 Unknown class", `8:6 Invalid value of "period"`,
		`9:6 Invalid value of "period"`, `10:9 Invalid value of "period"`, `11:7 Invalid value of "labels"`, "12:8 Too many fields",
		`13:6 Invalid value of "period"`, "14:1 Unknown class",
	)
	if !strings.Contains(ds[1].Detail, "feeds.csv:2") || !strings.HasSuffix(ds[0].Range.Filename, "feeds.csv") {
		t.Errorf("%+v", ds[:2])
	}
	for content, want := range map[string]string{
		"":                     "1:1 Empty inventory",
		"name,tenant\n":        "1:1 Missing column",
		"name,class,name\n":    "1:12 Unknown column",
		"name,class\na\"b,c\n": "2:2 Not CSV",
	} {
		_, ds := withInventory(t, content)
		expect(t, ds, want)
	}
}

func TestFunctions(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("FEEDGAUGE_TEST_BROKER", "b:2")
	for name, content := range map[string]string{"broker": "k:1\r\n", "large": strings.Repeat("x", maxFile+1), "most": strings.Repeat("x", maxFile)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func(brokers string) (*pipeline.Pipeline, Diagnostics) {
		src := strings.Replace(wrap(""), `["k:9092"]`, brokers, 1)
		return Parse(filepath.Join(dir, "p.hcl"), []byte(src), builtin())
	}
	p, ds := load(`[file("broker"), env("FEEDGAUGE_TEST_BROKER"), "${file("broker")}"]`)
	if p == nil || strings.Join(p.Kafka.Brokers, " ") != "k:1 b:2 k:1" {
		t.Errorf("%+v, %v", p, ds.Err())
	}
	for brokers, want := range map[string]string{
		`[file("large")]`: "longer than", `[file("none")]`: "cannot be read", `[file(".")]`: "no regular file",
		`[env("FEEDGAUGE_TEST_NONE")]`: "no variable", `[file()]`: "argument", `[fil("x")]`: "no function",
		"[" + strings.Repeat(`file("most"), `, maxRead/maxFile+1) + "]": "may return",
	} {
		if _, ds := load(brokers); ds.Err() == nil || !strings.Contains(ds.Err().Error(), want) {
			t.Errorf("%.40s: %v, want %q", brokers, ds.Err(), want)
		}
	}
}
