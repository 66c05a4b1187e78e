// Package demo shows feedgauge at work on one screen: a broker inside the
// process, three weeks of real traffic, and live feeds to which things happen.
package demo

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/config"
	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/screen"
)

// Config is the demo's configuration, as a file would hold it.
//
//go:embed demo.hcl
var Config []byte

// Options are what the demo needs to know.
type Options struct {
	Plugins config.Plugins
	Version string
	Out     io.Writer
	Log     hclog.Logger
	Screen  screen.Screen // what Out can show

	// For tests, a network other than the machine's.
	Broker  []kfake.Opt
	Clients []kgo.Opt
}

// Run runs the demo until ctx is done, and leaves nothing behind.
func Run(ctx context.Context, o Options) (err error) {
	s := newDisplay(o.Out, o.Screen)
	s.write(greeting)
	dir, err := os.MkdirTemp("", "feedgauge-demo-")
	if err != nil {
		return fmt.Errorf("a folder for the demo's broker: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	broker, err := kafka.StartEmbedded(dir, o.Broker...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, broker.Close()) }()
	d := &demo{Options: o, screen: s, feeds: liveFeeds(), brokers: broker.Brokers()}
	return d.run(ctx)
}

const greeting = `Feedgauge demo. A Kafka broker, three weeks of real traffic and 20 live feeds,
all inside this process. The feeds deliver every fraction of a second; soon one
will stop, one will shrink and one will lose its format. Ctrl-C ends it.

`

type demo struct {
	Options
	screen  *display
	feeds   []*liveFeed
	brokers []string
	client  *kgo.Client
	made    int64
}

func (d *demo) run(ctx context.Context) error {
	pipe, ds := config.Parse("demo.hcl", Config, d.Plugins)
	if ds.HasErrors() {
		var b strings.Builder
		_ = ds.WriteText(&b) // a builder takes everything
		return fmt.Errorf("the demo's configuration:\n%s", b.String())
	}
	pipe.Kafka.Brokers = d.brokers
	pipe.Sinks = append(pipe.Sinks, &pipeline.Sink{
		Name: "screen", Kind: "demo", Open: func() (feedgauge.Sink, error) { return d.screen, nil },
	})
	var err error
	opts := append([]kgo.Opt{kgo.ProducerBatchCompression(kgo.Lz4Compression()), kgo.MaxBufferedRecords(100_000)}, d.Clients...)
	if d.client, err = kafka.Dial(d.brokers, opts...); err != nil {
		return err
	}
	defer d.client.Close()
	if _, err := kadm.NewClient(d.client).CreateTopics(ctx, lanes, 1, nil, archiveTopic, liveTopic); err != nil {
		return fmt.Errorf("creating topics: %w", err)
	}
	d.screen.say("the embedded broker is up")
	if err := d.past(ctx); err != nil {
		return orDone(ctx, err)
	}
	e, err := engine.New(engine.Options{Pipeline: pipe, Log: d.Log, Version: d.Version, Boot: "demo", Opts: d.Clients})
	if err != nil {
		return err
	}
	return d.present(ctx, e)
}

// past produces what happened before the show: the archive, and the last
// minutes of the live feeds.
func (d *demo) past(ctx context.Context) error {
	began := time.Now()
	promise := kgo.AbortingFirstErrPromise(d.client)
	send := func(r *kgo.Record) {
		d.made++
		d.client.Produce(ctx, r, promise.Promise())
	}
	if err := archive(began, send); err != nil {
		return err
	}
	archived := d.made
	for t := began.Add(-warmUp); !t.After(began); t = t.Add(time.Second) {
		for _, f := range d.feeds {
			if f.due.IsZero() {
				f.due = t
			}
			for _, r := range f.until(t) {
				send(r)
			}
		}
	}
	if err := d.client.Flush(ctx); err != nil {
		return fmt.Errorf("producing: %w", err)
	}
	if err := promise.Err(); err != nil {
		return fmt.Errorf("producing: %w", err)
	}
	d.screen.say("produced %d records: three weeks of real traffic", archived)
	d.screen.say("produced %d records: the last five minutes of the live feeds", d.made-archived)
	return nil
}

// present runs the engine and the live feeds side by side.
func (d *demo) present(ctx context.Context, e *engine.Engine) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	show := d.live(ctx, e)
	cancel()
	err := <-done
	t := e.Totals()
	d.screen.write(fmt.Sprintf("\nread %d = accepted %d + rejected %d records; %d windows closed\nfindings: %d live, %d in the past\n",
		t.Read, t.Accepted, t.Read-t.Accepted, t.Windows, t.Opened-int64(d.screen.past), d.screen.past))
	return errors.Join(show, err)
}

// orDone turns the errors of an interrupted step into a quiet end.
func orDone(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}
