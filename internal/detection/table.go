package main

import (
	"fmt"
	"io"

	"github.com/feedgauge/feedgauge/internal/score"
	"github.com/feedgauge/feedgauge/processors/forecast/adaptive"
)

// peerRate is the rate of false alarms at which forecasts without a budget are
// compared.
const peerRate = 0.65

func run(dir string, w io.Writer) error {
	data, err := load(dir, "data.csv", "labels.csv")
	if err != nil {
		return err
	}
	daily, err := load(dir, "daily.csv", "daily_labels.csv")
	if err != nil {
		return err
	}
	heading(w)
	for _, budget := range []float64{0.3, 0.5, 1, 2} {
		if err := data.judged(budget, false, func(name string, res *score.Result) { line(w, name, res) }); err != nil {
			return err
		}
	}
	if err := data.judged(adaptive.DefaultBudget, true, func(name string, res *score.Result) { line(w, name, res) }); err != nil {
		return err
	}
	for _, name := range peers() {
		r, err := data.fitted(name)
		if err != nil {
			return err
		}
		res, _ := data.hindsight(r, peerRate)
		line(w, name, res)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "daily sums")
	for _, budget := range []float64{0.3, 0.5, 1, 2} {
		if err := daily.judged(budget, false, func(name string, res *score.Result) { dailyLine(w, name, res) }); err != nil {
			return err
		}
	}
	return daily.judged(adaptive.DefaultBudget, true, func(name string, res *score.Result) { dailyLine(w, name, res) })
}

// judged runs the adaptive forecast with a budget and tells its line.
func (s *set) judged(budget float64, compact bool, tell func(name string, res *score.Result)) error {
	r, err := s.run(byBudget(budget, compact))
	if err != nil {
		return err
	}
	name := fmt.Sprintf("adaptive %v", budget)
	if compact {
		name = fmt.Sprintf("compact %v", budget)
	}
	tell(name, s.score(found(r)))
	return nil
}

func heading(w io.Writer) {
	fmt.Fprintf(w, "%-16s %6s %6s %6s %6s %6s %6s %6s %6s %6s %6s %6s %9s %8s %6s %6s  %s\n",
		"forecast", "false", "fast", "slow", "all", "silent", "header", "drop75", "drop50", "drop30", "spike3", "dup2", "holidays", "outages", "delay", "per", "worst feed")
}

func line(w io.Writer, name string, r *score.Result) {
	worst, rate := r.Worst()
	out := r.Real["real_outage"]
	fmt.Fprintf(w, "%-16s %6.2f %6.3f %6.3f %6.3f %6.3f %6.3f %6.2f %6.2f %6.2f %6.2f %6.2f %6d/%-2d %5d/%-2d %6.1f %6.2f  %s %.2f\n",
		name, r.FalseRate(), r.Fast(), r.SlowAboveChance(), r.All(), r.Rate("silence"), r.Rate("header_only"), r.Rate("drop75"), r.Rate("drop50"), r.Rate("drop30"),
		r.Rate("spike3"), r.Rate("dup2"), r.Holidays[0], r.Holidays[1], out[0], out[1], r.Delay("silence"), r.Episodes, worst, rate)
}

func dailyLine(w io.Writer, name string, r *score.Result) {
	empty, cut := r.Kinds["silence"], r.Kinds["drop60"]
	if empty == nil || cut == nil {
		return
	}
	fmt.Fprintf(w, "%-16s false %.2f, empty days %d/%d, cut days %d/%d\n", name, r.FalseRate(), empty.Found, empty.Faults, cut.Found, cut.Faults)
}
