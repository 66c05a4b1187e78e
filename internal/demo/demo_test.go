package demo

import (
	"bufio"
	"context"
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
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
			Plugins: plugins(), Version: "test", Out: w, Log: hclog.NewNullLogger(),
			Broker: []kfake.Opt{kfake.Ports(9092), kfake.ListenFn(net.Listen)}, Clients: []kgo.Opt{kgo.Dialer(net.DialContext)},
			Script: []Act{
				{0, "web-03", Stop, "stop web-03"},
				{0, "app-02", Thin, "thin app-02"},
				{0, "host-04", Break, "break host-04"},
				{20 * time.Second, "web-03", Recover, "recover web-03"},
				{20 * time.Second, "app-02", Recover, "recover app-02"},
				{20 * time.Second, "host-04", Recover, "recover host-04"},
			},
		})
		_ = w.Close()
	}()
	want := map[string]bool{
		"OPEN main/web-03 silent": true, "OPEN main/app-02 short": true, "OPEN main/host-04 malformed": true,
		"CLOSED main/web-03 silent": true, "CLOSED main/app-02 short": true, "CLOSED main/host-04 malformed": true,
	}
	var screen []string
	for lines := bufio.NewScanner(r); lines.Scan(); {
		screen = append(screen, lines.Text())
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
	if len(want) > 0 {
		t.Errorf("not shown: %v\n%s", want, strings.Join(screen, "\n"))
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
