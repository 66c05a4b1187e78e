package backtest

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/feedgauge/feedgauge"
)

// WriteAlerts writes one row for each finding, by time, feed and kind.
func (r *Result) WriteAlerts(w io.Writer) error {
	c := csv.NewWriter(w)
	rows := [][]string{{"feed", "timestamp", "kind", "side", "score", "actual", "expected", "lower", "upper", "first_bad", "reason"}}
	for _, f := range r.Findings() {
		row := []string{f.Feed, f.At.String(), string(f.Kind), f.Side.String(), number(f.Score), number(f.Actual)}
		rows = append(rows, append(append(row, bounds(f.Forecast)...), f.FirstBad.String(), f.Reason))
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("writing alerts: %w", err)
	}
	return nil
}

// WriteWindows writes one row for each window that was run, by feed and time.
// While a model learns, the columns of its forecast are empty.
func (r *Result) WriteWindows(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write([]string{"feed", "timestamp", "actual", "expected", "lower", "upper", "score", "status"}); err != nil {
		return fmt.Errorf("writing windows: %w", err)
	}
	for _, f := range r.Feeds {
		for _, win := range f.Windows {
			score := ""
			if win.Forecast.Ready {
				score = number(win.Score)
			}
			row := append(append([]string{f.Name, win.Start.String(), number(win.Actual)}, bounds(win.Forecast)...), score, string(win.Status))
			if err := c.Write(row); err != nil {
				return fmt.Errorf("writing windows: %w", err)
			}
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return fmt.Errorf("writing windows: %w", err)
	}
	return nil
}

func bounds(f feedgauge.Forecast) []string {
	if !f.Ready {
		return []string{"", "", ""}
	}
	return []string{number(f.Expected), number(f.Lower), number(f.Upper)}
}

// number writes x with four decimals at most: more say nothing.
func number(x float64) string {
	r := math.Round(x*1e4) / 1e4
	if math.IsInf(r, 0) {
		r = x
	}
	return strconv.FormatFloat(r+0, 'f', -1, 64)
}
