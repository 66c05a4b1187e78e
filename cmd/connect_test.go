package cmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

func TestConnect(t *testing.T) {
	t.Parallel()
	loaded := &pipeline.Pipeline{Kafka: pipeline.Kafka{Brokers: []string{"kafka-1:9092"}, Prefix: "own"}}
	run := func(p *pipeline.Pipeline, args ...string) (k pipeline.Kafka, err error) {
		c := &cobra.Command{}
		addConnectFlags(c)
		if err := c.ParseFlags(args); err != nil {
			t.Fatal(err)
		}
		fresh := *p // brokers of the flags replace those of the file
		return connect(func([]string, io.Writer) (*pipeline.Pipeline, error) { return &fresh, nil })(c)
	}
	for _, tt := range []struct {
		p      *pipeline.Pipeline
		args   []string
		broker string
		topic  string
		fails  string
	}{
		{loaded, nil, "kafka-1:9092", "own.alerts", ""},
		{loaded, []string{"--brokers=a:1, b:2"}, "a:1 b:2", "feedgauge.alerts", ""},
		{loaded, []string{"--brokers=a:1", "--prefix=x"}, "a:1", "x.alerts", ""},
		{loaded, []string{"--brokers=a:1", "--prefix=x", "--config=f"}, "", ".alerts", "--prefix goes with --brokers"},
		{loaded, []string{"--brokers=a:1", "--config=f"}, "a:1", "own.alerts", ""},
		{&pipeline.Pipeline{Kafka: pipeline.Kafka{Prefix: "own"}, Embedded: &pipeline.Embedded{Dir: "d"}}, []string{"--brokers=a:1", "--config=f"}, "a:1", "own.alerts", ""},
		{&pipeline.Pipeline{Embedded: &pipeline.Embedded{Dir: "d"}}, nil, "", ".alerts", "is not running"},
	} {
		k, err := run(tt.p, tt.args...)
		if got := strings.Join(k.Brokers, " "); got != tt.broker || k.Topic("alerts") != tt.topic {
			t.Errorf("%v: brokers %q, topic %q", tt.args, got, k.Topic("alerts"))
		}
		if (err != nil) != (tt.fails != "") || err != nil && !strings.Contains(err.Error(), tt.fails) {
			t.Errorf("%v: error %v, want %q", tt.args, err, tt.fails)
		}
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	n := &notices{w: &said, away: map[string]bool{}}
	refused := errors.New("connection refused")
	one, two := kgo.BrokerMetadata{Host: "kafka-1", Port: 9092}, kgo.BrokerMetadata{Host: "kafka-2", Port: 9092}
	for _, call := range []struct {
		meta kgo.BrokerMetadata
		err  error
	}{
		{one, nil}, {two, refused}, {two, refused}, {one, nil}, {two, nil}, {two, nil}, {one, context.Canceled}, {one, kgo.ErrClientClosed},
	} {
		n.OnBrokerConnect(call.meta, 0, nil, call.err)
	}
	want := "feedgauge: cannot reach Kafka at kafka-2:9092, trying again: connection refused\nfeedgauge: Kafka at kafka-2:9092 is back\n"
	if said.String() != want {
		t.Errorf("said %q, want %q", said.String(), want)
	}
}
