package engine

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/intake"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Whatever a raw topic holds, its record fits into the dead topic, cut if it must
// be, and says so.
func TestDeadRecordsFit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key, value, header int
		cut                string
	}{
		"small":           {3, 100, 10, ""},
		"large value":     {3, 1_000_050, 10, "1000050"},
		"huge value":      {3, 30 << 20, 10, "31457280"},
		"large headers":   {3, 100, 2 << 20, "100"},
		"large key":       {2 << 20, 100, 10, "100"},
		"all of it large": {1 << 20, 1 << 20, 1 << 20, "1048576"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, cl := recaller(t, func(*pipeline.Pipeline) {})
			x := func(n int) []byte { return []byte(strings.Repeat("x", n)) }
			r := l.deadRecord(&intake.Dead{Why: string(x(1 << 20)), Record: feedgauge.Record{
				Topic: "raw-1", Offset: 7, Key: x(c.key), Value: x(c.value), Headers: []feedgauge.Header{{Key: "h", Value: x(c.header)}},
			}})
			if r.Topic != l.Pipeline.Kafka.Topic(kafka.Dead) {
				t.Errorf("goes to %q", r.Topic)
			}
			write(t, cl, r)
			if got := header(r, "feedgauge-cut-from"); got != c.cut {
				t.Errorf("said to be cut from %q, want %q", got, c.cut)
			}
			if header(r, "feedgauge-offset") != "7" {
				t.Error("it does not say whence it is")
			}
		})
	}
}

func header(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}
