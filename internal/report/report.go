// Package report writes what a backtest found as one page with pictures, which needs
// nothing else to be shown.
package report

import (
	"bufio"
	"cmp"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/backtest"
	"github.com/feedgauge/feedgauge/internal/chart"
)

// Sizes of pictures, in CSS pixels.
const (
	width, height = 1160, 280
	closeHeight   = 220
)

// Close-ups show this many windows before the start of a finding and behind its
// opening, of at most mostCloseUps findings of a feed.
const (
	before, behind = 120, 60
	longest        = 240 // shown of what lies between the two
	mostCloseUps   = 4
)

// Write writes the page. The windows of the result are needed.
func Write(w io.Writer, res *backtest.Result) error {
	t, err := template.New("report").Funcs(template.FuncMap{"number": number, "legend": func(s chart.Shape) template.HTML {
		return template.HTML(chart.Legend(s)) // made of constants
	}}).Parse(page)
	if err != nil {
		return err // the page is a constant
	}
	s := res.Summary()
	b := bufio.NewWriterSize(w, 1<<16)
	if err := t.ExecuteTemplate(b, "head", s); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	for i, f := range res.Feeds {
		if err := t.ExecuteTemplate(b, "feed", newSection(i, f, s.PerFeed[i])); err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
	}
	if err := t.ExecuteTemplate(b, "foot", nil); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return b.Flush()
}

// section is what the page says of one feed.
type section struct {
	Number   int
	Sum      backtest.FeedSummary
	Picture  template.HTML
	CloseUps []closeUp
	Findings []finding
}

type closeUp struct {
	Title   string
	Picture template.HTML
}

type finding struct {
	backtest.Finding
	Shape chart.Shape
}

func newSection(i int, f *backtest.Feed, sum backtest.FeedSummary) section {
	s := section{Number: i, Sum: sum}
	for _, x := range f.Findings {
		s.Findings = append(s.Findings, finding{x, shape(x.Kind)})
	}
	if len(f.Windows) == 0 {
		return s
	}
	s.Picture = picture(f.Name, f.Windows, f.Findings, height)
	for _, x := range worst(f.Findings) {
		from, to := around(f.Windows, x)
		title := fmt.Sprintf("%s from %s, noticed %s", x.Kind, x.FirstBad, x.At)
		s.CloseUps = append(s.CloseUps, closeUp{title, picture(f.Name+": "+title, f.Windows[from:to], f.Findings, closeHeight)})
	}
	return s
}

// worst returns the findings with the highest scores, in order of time.
func worst(all []backtest.Finding) []backtest.Finding {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b backtest.Finding) int { return cmp.Compare(b.Score, a.Score) })
	out = out[:min(len(out), mostCloseUps)]
	slices.SortFunc(out, func(a, b backtest.Finding) int { return cmp.Compare(a.At, b.At) })
	return out
}

// around returns which windows show a finding from close by.
func around(windows []backtest.Window, f backtest.Finding) (from, to int) {
	place := func(at feedgauge.Instant) int {
		i, _ := slices.BinarySearchFunc(windows, at, func(w backtest.Window, at feedgauge.Instant) int { return cmp.Compare(w.Start, at) })
		return i
	}
	at := place(f.At)
	return max(0, min(max(place(f.FirstBad), at-longest), at)-before), min(len(windows), at+1+behind)
}

func picture(title string, windows []backtest.Window, findings []backtest.Finding, height int) template.HTML {
	p := chart.Picture{Title: title, Width: width, Height: height}
	for _, w := range windows {
		q := chart.Point{At: w.Start, Actual: w.Actual, Expected: math.NaN(), Lower: math.NaN(), Upper: math.NaN()}
		if w.Forecast.Ready {
			q.Expected, q.Lower, q.Upper = w.Forecast.Expected, w.Forecast.Lower, w.Forecast.Upper
		}
		p.Points = append(p.Points, q)
	}
	for _, f := range findings {
		if f.At >= windows[0].Start && f.At <= windows[len(windows)-1].Start {
			p.Marks = append(p.Marks, chart.Mark{At: f.At, Shape: shape(f.Kind), Text: fmt.Sprintf("%s %s: %s", f.At, f.Kind, f.Reason)})
		}
	}
	return template.HTML(p.SVG()) // Picture escapes what is not its own
}

// shape is that of the mark of a kind of finding.
func shape(k feedgauge.Status) chart.Shape {
	switch k {
	case feedgauge.Silent:
		return chart.Square
	case feedgauge.Drifting:
		return chart.Diamond
	case feedgauge.StatusHigh:
		return chart.Up
	}
	return chart.Down
}

// number writes a number as people read it.
func number(x float64) string {
	if math.Abs(x) >= 100 {
		return strconv.FormatFloat(math.Round(x), 'f', -1, 64)
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}
