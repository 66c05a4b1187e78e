package demo

import (
	"bufio"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/screen"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
)

func plugins() config.Plugins {
	return config.Plugins{Processors: feedgauge.Processors{
		Formats: format.All(),
		Forecasts: map[string]func() feedgauge.ForecastConfig{
			"trend": func() feedgauge.ForecastConfig { return forecast.NewTrend() },
		},
	}}
}

var update = flag.Bool("update", false, "write the picture anew")

// columns is how wide the terminal of a new user is.
const columns = 80

// The whole show, in virtual time: what the demo does to its feeds is found, and
// nothing else, what it undoes is closed, and the temporary folder is gone.
func TestShow(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	synctest.Test(t, func(t *testing.T) { show(t) })
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func show(t *testing.T) {
	var net kfake.VirtualNetwork
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{
			Plugins: plugins(), Version: "test", Out: w, Screen: screen.Screen{Width: columns}, Log: hclog.NewNullLogger(),
			Broker: []kfake.Opt{kfake.Ports(9092), kfake.ListenFn(net.Listen)}, Clients: []kgo.Opt{kgo.Dialer(net.DialContext)},
		})
		_ = w.Close()
	}()
	want := map[string]bool{
		"OPEN main/web-03 silent": true, "OPEN main/app-02 short": true, "OPEN main/host-04 malformed": true,
		"CLOSED main/web-03 silent": true, "CLOSED main/app-02 short": true, "CLOSED main/host-04 malformed": true,
	}
	var seen []string
	for lines := bufio.NewScanner(r); lines.Scan(); {
		seen = append(seen, lines.Text())
		words := strings.Fields(lines.Text())
		if len(words) < 7 || words[2] != "OPEN" && words[2] != "CLOSED" {
			continue
		}
		key := words[2] + " " + words[4] + " " + strings.TrimSuffix(words[5], ":")
		if !want[key] {
			t.Errorf("unexpected: %s", lines.Text())
		}
		if delete(want, key); len(want) == 0 {
			cancel()
		}
	}
	if err := <-done; err != nil {
		t.Errorf("demo: %v", err)
	}
	picture(t, seen)
	if len(want) > 0 {
		t.Errorf("not shown: %v\n%s", want, strings.Join(seen, "\n"))
	}
}

// picture compares what was seen with testdata/screen.txt. What is told in the same
// second may come in any order; how many windows and findings of the past were seen by
// then may differ.
func picture(t *testing.T, seen []string) {
	t.Helper()
	var entries []string
	for _, line := range seen {
		if screen.Width(line) > columns {
			t.Errorf("%d columns: %s", screen.Width(line), line)
		}
		if n := len(entries); strings.HasPrefix(line, "      ") && n > 0 {
			entries[n-1] += "\n" + line
			continue
		}
		entries = append(entries, line)
	}
	slices.SortStableFunc(entries, func(a, b string) int {
		if second := len(time.DateTime); strings.HasPrefix(a, "2000-") && strings.HasPrefix(b, "2000-") && a[:second] == b[:second] {
			return strings.Compare(a, b)
		}
		return 0
	})
	got := strings.Join(entries, "\n") + "\n"
	for _, r := range [][2]string{
		{`\d+ records read, \d+ windows closed`, "200000 records read, 9000 windows closed"},
		{`\d+ findings in the past`, "390 findings in the past"},
		{`read \d+ = accepted \d+ \+ rejected 0 records; \d+ windows`, "read 200000 = accepted 200000 + rejected 0 records; 9000 windows"},
		{`live, \d+ in the past`, "live, 390 in the past"},
	} {
		got = regexp.MustCompile(r[0]).ReplaceAllString(got, r[1])
	}
	file := filepath.Join("testdata", "screen.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is\n%s\nwant\n%s", file, got, want)
	}
}

func TestArchiveIsInOrderAndEndsNow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 7, 49, 30, 0, time.UTC)
	last := make(map[string]time.Time)
	n := 0
	err := archive(now, func(r *kgo.Record) {
		n++
		if r.Timestamp.After(now) || r.Timestamp.Before(last[string(r.Key)]) {
			t.Fatalf("record %d of %s at %v, before it %v", n, r.Key, r.Timestamp, last[string(r.Key)])
		}
		last[string(r.Key)] = r.Timestamp
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 150_000 || n > 200_000 {
		t.Errorf("%d records", n)
	}
	if end := last["archive-heartbeat"]; now.Sub(end) > 10*time.Minute {
		t.Errorf("the heartbeat ends at %v", end)
	}
}

func TestDeeds(t *testing.T) {
	t.Parallel()
	f := &liveFeed{name: "f", gap: time.Second, lines: [][]byte{[]byte("abcdef")}, due: time.Unix(1, 0)}
	if n := len(f.until(time.Unix(100, 0))); n != 100 {
		t.Errorf("%d records in 100 s", n)
	}
	f.thinned = true
	if n := len(f.until(time.Unix(200, 0))); n != 40 {
		t.Errorf("%d records thinned, want 40", n)
	}
	f.thinned, f.broken = false, true
	bad := 0
	for _, r := range f.until(time.Unix(300, 0)) {
		if string(r.Value) == "cdef" {
			bad++
		}
	}
	if bad != 50 {
		t.Errorf("%d records broken, want 50", bad)
	}
	f.stopped = true
	if n := len(f.until(time.Unix(400, 0))); n != 0 {
		t.Errorf("%d records when stopped", n)
	}
}
