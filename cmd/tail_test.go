package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// testBroker runs an embedded broker with our topics and a raw one.
func testBroker(t *testing.T) *kafka.Embedded {
	t.Helper()
	e, err := kafka.StartEmbedded("")
	if err != nil {
		t.Fatal(err)
	}
	cl := testClient(t, e)
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	adm := kadm.NewClient(cl)
	k := pipeline.Kafka{Prefix: "feedgauge", Partitions: 2, Replication: 1}
	if err := kafka.EnsureTopics(t.Context(), adm, k); err != nil {
		t.Fatal(err)
	}
	if _, err := adm.CreateTopic(t.Context(), 1, 1, nil, "raw"); err != nil {
		t.Fatal(err)
	}
	cl.Close()
	return e
}

func testClient(t *testing.T, e *kafka.Embedded, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := kafka.Dial(e.Brokers(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return cl
}

// outcome is what one run of a command left.
type outcome struct {
	stdout, stderr string
	err            error
}

// execute runs a command with the connector of the command line, whose
// configuration cannot be read.
func execute(t *testing.T, command func(connector) *cobra.Command, stdin string, args ...string) outcome {
	t.Helper()
	c := command(connect(func(files []string, _ io.Writer) (*pipeline.Pipeline, error) {
		return nil, errors.New("no configuration " + files[0])
	}))
	var stdout, stderr bytes.Buffer
	c.SilenceUsage, c.SilenceErrors = true, true
	c.SetIn(strings.NewReader(stdin))
	c.SetOut(&stdout)
	c.SetErr(&stderr)
	c.SetArgs(args)
	err := c.ExecuteContext(t.Context())
	return outcome{stdout.String(), stderr.String(), err}
}

func (o outcome) fails(t *testing.T, what, want string) {
	t.Helper()
	if o.err == nil || !strings.Contains(o.err.Error(), want) {
		t.Errorf("%s: error %v, want %q", what, o.err, want)
	}
}

// writeJournal leaves a tick and an aborted one in partition 0, a tally in 1.
func writeJournal(t *testing.T, e *kafka.Embedded) {
	t.Helper()
	cl := testClient(t, e, kgo.TransactionalID("test"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	defer cl.Close()
	tally := &feedgauge.Tally{
		Source: "raw", Window: feedgauge.Window{Start: 0, End: 60_000},
		Feeds: []feedgauge.FeedTally{{Feed: feedgauge.FeedID{Tenant: "main", Name: "web"}, Counts: feedgauge.Counts{Events: 3}}},
	}
	tick, counted := journal.AppendTick(nil), journal.AppendTally(nil, tally, journal.MaxRecord)[0]
	write := func(how kgo.TransactionEndTry, partition int32, value []byte) {
		if err := cl.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		r := &kgo.Record{Topic: "feedgauge.journal", Partition: partition, Value: value}
		if err := cl.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := cl.EndTransaction(t.Context(), how); err != nil {
			t.Fatal(err)
		}
	}
	write(kgo.TryCommit, 0, tick)
	write(kgo.TryCommit, 1, counted)
	write(kgo.TryAbort, 0, tick)
}

func TestTail(t *testing.T) {
	t.Parallel()
	e := testBroker(t)
	writeJournal(t, e)
	brokers := "--brokers=" + e.Brokers()[0]

	o := execute(t, tailCommand, "", "journal", "--json", "--until-end", brokers)
	if o.err != nil || o.stderr != "" {
		t.Fatalf("%v, said %q", o.err, o.stderr)
	}
	kinds := map[string]int{}
	for line := range strings.Lines(o.stdout) {
		var l struct {
			Version   int
			Topic     string
			Partition int32
			Kind      string
			Time      time.Time
			Value     struct{ Feeds []struct{ Events int64 } }
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		kinds[l.Kind]++
		if l.Version != 1 || l.Topic != "feedgauge.journal" || l.Kind == "tally" && (l.Partition != 1 || l.Value.Feeds[0].Events != 3) {
			t.Errorf("line %s", line)
		}
	}
	if len(kinds) != 2 || kinds["tick"] != 1 || kinds["tally"] != 1 {
		t.Errorf("kinds %v, want a tick and a tally", kinds)
	}

	for args, want := range map[string]int{
		"journal --until-end":                             2,
		"journal --until-end --partition 0":               1,
		"journal --until-end --from end":                  0,
		"journal --until-end --from -1h":                  2,
		"journal --until-end --from 2090-01-01T00:00:00Z": 0,
		"alerts --until-end":                              0,
		"state --until-end":                               1, // the heading
	} {
		o := execute(t, tailCommand, "", append(strings.Fields(args), brokers)...)
		if n := strings.Count(o.stdout, "\n"); o.err != nil || n != want {
			t.Errorf("%s: %d lines (%v), want %d:\n%s", args, n, o.err, want, o.stdout)
		}
	}
	execute(t, tailCommand, "", "alerts", "--until-end", brokers, "--prefix=other").fails(t, "other prefix", `there is no topic "other.alerts"`)
}

func TestTailRefuses(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                               "name one topic",
		"alerts state":                   "name one topic",
		"alrets":                         `did you mean "alerts"?`,
		"alerts --from yesterday":        `--from: "yesterday"`,
		"alerts --partition=-2":          "numbered from 0",
		"alerts --config x.hcl":          "no configuration x.hcl",
		"alerts":                         "no configuration ./pipeline.hcl",
		"alerts --prefix x":              "--prefix goes with --brokers",
		"alerts --brokers=":              "an address is missing",
		"alerts --brokers=kafka-1:9092,": "an address is missing",
	} {
		execute(t, tailCommand, "", strings.Fields(args)...).fails(t, args, want)
	}
}
