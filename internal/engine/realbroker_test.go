package engine_test

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/processors/forecast"
	"github.com/feedgauge/feedgauge/processors/format"
)

func TestMain(m *testing.M) { kafkatest.Main(m) }

// patience bounds every wait of these tests. It is far longer than any takes,
// on a machine that has other things to do.
const patience = 3 * time.Minute

// cluster is a real Kafka with the questions that tests ask it.
type cluster struct {
	t       *testing.T
	broker  *kafkatest.Broker
	brokers []string
	cl      *kgo.Client
	adm     *kadm.Client
}

// onCluster connects to a broker under a name of its own, so that a limit on
// the monitor is none on the test.
func onCluster(t *testing.T, b *kafkatest.Broker) *cluster {
	t.Helper()
	cl, err := kafka.Dial(b.Brokers(), kgo.ClientID("test"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return &cluster{t: t, broker: b, brokers: b.Brokers(), cl: cl, adm: kadm.NewClient(cl)}
}

// create makes a raw topic that takes any stamp.
func (c *cluster) create(name string, partitions int32, configs map[string]string) {
	c.t.Helper()
	all := map[string]*string{}
	for k, v := range map[string]string{
		"retention.ms": "-1", "message.timestamp.before.max.ms": "9223372036854775807", "message.timestamp.after.max.ms": "9223372036854775807",
	} {
		all[k] = &v
	}
	for k, v := range configs {
		all[k] = &v
	}
	if _, err := c.adm.CreateTopic(c.t.Context(), partitions, 1, all, name); err != nil {
		c.t.Fatal(err)
	}
}

// read returns everything committed in a topic so far, partition by partition
// in order.
func (c *cluster) read(topic string) []*kgo.Record {
	c.t.Helper()
	ends, err := kafka.Ends(c.t.Context(), c.adm, topic)
	if err != nil {
		c.t.Fatal(err)
	}
	lanes := slices.SortedFunc(maps.Keys(ends), func(a, b feedgauge.Lane) int { return int(a.Partition - b.Partition) })
	var out []*kgo.Record
	for _, l := range lanes {
		span := kafka.Span{Topic: topic, Partition: l.Partition, From: ends[l].Start, To: ends[l].Stable}
		err := kafka.ReadPartition(c.t.Context(), c.brokers, span, func(r *kgo.Record) error {
			out = append(out, r)
			return nil
		}, kgo.ClientID("test"))
		if err != nil {
			c.t.Fatal(err)
		}
	}
	return out
}

// written is how far the partitions of topics reach in sum, 0 for a topic that
// is not there yet.
func (c *cluster) written(topics ...string) (sum int64) {
	ends, err := c.adm.ListEndOffsets(c.t.Context(), topics...)
	if err == nil {
		ends.Each(func(o kadm.ListedOffset) { sum += max(0, o.Offset) })
	}
	return sum
}

// slow lets the monitor read no more than so many bytes a second, or as much as
// it likes for 0.
func (c *cluster) slow(bytes float64) {
	c.t.Helper()
	c.limit(kafka.ClientID, bytes)
}

// limit is slow for those that call themselves client.
func (c *cluster) limit(client string, bytes float64) {
	c.t.Helper()
	altered, err := c.adm.AlterClientQuotas(c.t.Context(), []kadm.AlterClientQuotaEntry{{
		Entity: kadm.ClientQuotaEntity{{Type: "client-id", Name: &client}},
		Ops:    []kadm.AlterClientQuotaOp{{Key: "consumer_byte_rate", Value: bytes, Remove: bytes == 0}},
	}})
	if err == nil {
		err = altered[0].Err
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// committed is how far a group has come in sum.
func (c *cluster) committed(group string) (sum int64) {
	offsets, err := c.adm.FetchOffsets(c.t.Context(), group)
	if err == nil {
		offsets.Each(func(o kadm.OffsetResponse) { sum += max(0, o.At) })
	}
	return sum
}

// await polls until cond holds.
func await(t *testing.T, what string, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !cond() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// program builds the monitor, as users get it.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "feedgauge")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "../../cmd/feedgauge").CombinedOutput()
	if err != nil {
		t.Fatalf("building the monitor: %v\n%s", err, out)
	}
	return path
}

// configure fills the holes of a configuration and writes it to a file.
func configure(t *testing.T, text string, holes ...string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "pipeline.hcl")
	if err := os.WriteFile(file, []byte(strings.NewReplacer(holes...).Replace(text)), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// load builds the pipeline of a configuration.
func load(t *testing.T, file string) *pipeline.Pipeline {
	t.Helper()
	p, ds := config.Load([]string{file}, config.Plugins{Processors: feedgauge.Processors{
		Formats:   format.All(),
		Forecasts: map[string]func() feedgauge.ForecastConfig{"trend": func() feedgauge.ForecastConfig { return forecast.NewTrend() }},
	}})
	if ds.HasErrors() {
		var b strings.Builder
		_ = ds.WriteText(&b)
		t.Fatalf("the test's own configuration:\n%s", b.String())
	}
	return p
}
