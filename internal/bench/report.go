package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/feedgauge/feedgauge/internal/kafkatest"
)

// The targets.
const (
	leastShare = 0.5 // of plain consumption's speed
	mostGrowth = 1.5 // of the cost of a record, from few feeds to many
)

// summary is what all rounds say together.
type summary struct {
	options
	rounds []round
	share  float64 // speed of the intake as a share of plain consumption's
	growth float64 // cost of a record with many feeds over that with few
	allocs float64 // per record
}

// summarize takes the medians of what the rounds say pair by pair.
func summarize(o options, rounds []round, allocs float64) summary {
	return summary{
		options: o, rounds: rounds, allocs: allocs,
		share:  median(rounds, func(r round) float64 { return r.plain.cpu.Seconds() / r.few.cpu.Seconds() }),
		growth: median(rounds, func(r round) float64 { return r.many.cpu.Seconds() / r.few.cpu.Seconds() }),
	}
}

// print writes the table and a line for each target.
func (s summary) print(w io.Writer) error {
	fmt.Fprintf(w, "\nKafka %s, %d records of %d bytes (JSON, %d fields checked), lz4, %d partitions; medians of %d rounds\n\n",
		kafkatest.Version, s.records, recordSize, len(fields()), partitions, s.options.rounds)
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tCPU s per million\tpeak RSS\t")
	s.row(t, "plain consumption", func(r round) usage { return r.plain })
	s.row(t, fmt.Sprintf("intake of %d feeds", s.feeds), func(r round) usage { return r.few })
	s.row(t, fmt.Sprintf("intake of %d feeds", manyFeeds), func(r round) usage { return r.many })
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, `
intake reaches %.0f%% of plain consumption (target %.0f%%)
a record of %d feeds costs %.2f times one of %d feeds (target at most %.1f)
scanning and counting allocates %g times per record (target 0)
`, 100*s.share, 100*leastShare, manyFeeds, s.growth, s.feeds, mostGrowth, s.allocs)
	return err
}

func (s summary) row(w io.Writer, name string, of func(round) usage) {
	seconds := median(s.rounds, func(r round) float64 { return of(r).cpu.Seconds() })
	rss := median(s.rounds, func(r round) float64 { return float64(of(r).rss) })
	fmt.Fprintf(w, "%s\t%.2f\t%.0f MiB\t\n", name, seconds*1e6/float64(s.records), rss/(1<<20))
}

// verdict is an error if a target is missed.
func (s summary) verdict() error {
	var errs []error
	if s.share < leastShare {
		errs = append(errs, errors.New("intake is too slow"))
	}
	if s.growth > mostGrowth {
		errs = append(errs, errors.New("many feeds cost too much"))
	}
	if s.allocs > 0 {
		errs = append(errs, errors.New("the path from record to sum allocates"))
	}
	return errors.Join(errs...)
}

func median[R any, N cmp.Ordered](of []R, what func(R) N) N {
	values := make([]N, len(of))
	for i, r := range of {
		values[i] = what(r)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
