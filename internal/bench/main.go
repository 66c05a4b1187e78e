// Command bench measures what counting costs: the CPU of our intake against that
// of a plain franz-go consumer, both reading the same topics of the same Kafka,
// which it starts for the purpose. Each measured reader is a process of its own,
// so that neither the broker's work nor the producer's is counted. Then it lets
// one process watch many feeds, for its memory and the time it takes to restore
// their state.
//
// It fails if a target is missed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/feedgauge/feedgauge/internal/kafkatest"
)

// manyFeeds is how many feeds the second topic holds.
const manyFeeds = 100_000

// options are the command's flags.
type options struct {
	records, rounds, feeds int
	profile                string
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == childArg {
		exit(runChild(os.Args[2]))
	}
	if len(os.Args) == 3 && os.Args[1] == watchArg {
		exit(runWatcher(os.Args[2]))
	}
	var o options
	flag.IntVar(&o.records, "records", 2_000_000, "records in each topic")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds, each of which runs every reader once")
	flag.IntVar(&o.feeds, "feeds", 1_000, "feeds in the first topic; the second has 100,000")
	flag.StringVar(&o.profile, "profile", "", "write CPU profiles of the intake to files that begin so")
	flag.Parse()
	exit(run(o))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(o options) error {
	if o.records < 1 || o.rounds < 1 || o.feeds < 1 || flag.NArg() > 0 {
		return errors.New("the flags -records, -rounds and -feeds take numbers above 0, and nothing may follow them")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := os.MkdirTemp("", "feedgauge-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // nothing can be done about a folder that stays
	starting, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	broker, err := kafkatest.Launch(starting, dir)
	if err != nil {
		return err
	}
	defer broker.Kill()
	return measure(ctx, broker.Brokers(), o)
}

// measure fills the topics, runs the rounds and reports.
func measure(ctx context.Context, brokers []string, o options) error {
	b := &bench{options: o, brokers: brokers}
	few := load{topic: "bench-few", records: o.records, feeds: o.feeds}
	many := load{topic: "bench-many", records: o.records, feeds: manyFeeds, zipf: 1.1}
	for _, l := range []load{few, many} {
		fmt.Printf("producing %d records of %d bytes for %d feeds\n", l.records, recordSize, l.feeds)
		if err := l.produce(ctx, brokers); err != nil {
			return fmt.Errorf("filling topic %q: %w", l.topic, err)
		}
	}
	var rounds []round
	for i := range o.rounds {
		r, err := b.round(ctx, i, few, many)
		if err != nil {
			return err
		}
		fmt.Printf("round %d of %d: %s\n", i+1, o.rounds, r)
		rounds = append(rounds, r)
	}
	allocs, err := allocsPerRecord()
	if err != nil {
		return err
	}
	s := summarize(o, rounds, allocs)
	if err := s.print(os.Stdout); err != nil {
		return err
	}
	w, err := measureWatch(ctx, brokers, manyFeeds, watcher.run)
	if err != nil {
		return err
	}
	if err := w.print(os.Stdout, manyFeeds); err != nil {
		return err
	}
	return errors.Join(s.verdict(), w.verdict())
}
