// Package chart draws counts over time: as text for a terminal, and as SVG.
package chart

import (
	"math"
	"slices"

	"github.com/guptarohit/asciigraph"

	"github.com/feedgauge/feedgauge"
)

// Line is one line of a chart: a value a window, not a number where there is none.
type Line struct {
	Name   string
	Mark   string // one character to draw it with, empty for a thin line
	Color  asciigraph.AnsiColor
	Values []float64
}

// Terminal is a chart of text.
type Terminal struct {
	Width, Height int  // of the field in which lines are drawn, in characters
	Color         bool // where it is shown there are colours
	From, To      feedgauge.Instant
	Caption       string
}

// Draw returns the chart of lines of equal length.
func (t Terminal) Draw(lines ...Line) string {
	var data [][]float64
	var names []string
	var chars []asciigraph.CharSet
	var colors []asciigraph.AnsiColor
	for _, l := range lines {
		data = append(data, Fit(l.Values, t.Width))
		set := asciigraph.DefaultCharSet
		if l.Mark != "" {
			set = asciigraph.CreateCharSet(l.Mark)
		}
		chars, colors = append(chars, set), append(colors, l.Color)
		names = append(names, l.Name)
	}
	opts := []asciigraph.Option{
		asciigraph.Height(t.Height), asciigraph.SeriesChars(chars...), asciigraph.Caption(t.Caption),
		asciigraph.LowerBound(0), asciigraph.Precision(0),
		asciigraph.XAxisRange(float64(t.From), float64(t.To)), asciigraph.XAxisTickCount(4),
		asciigraph.XAxisValueFormatter(func(x float64) string { return feedgauge.Instant(math.Round(x)).Time().Format("01-02 15:04") }),
	}
	if t.Color {
		opts = append(opts, asciigraph.SeriesColors(colors...), asciigraph.SeriesLegends(names...))
	}
	return asciigraph.PlotMany(data, opts...)
}

// Fit returns at most width values: means of as many neighbours each as it takes,
// or each value as often as there is room. Not a number counts for none, and is the
// mean of none.
func Fit(values []float64, width int) []float64 {
	n := len(values)
	if n == 0 || width < 1 {
		return values
	}
	if n <= width {
		out := make([]float64, 0, width)
		for _, v := range values {
			out = append(out, slices.Repeat([]float64{v}, width/n)...)
		}
		return out
	}
	out := make([]float64, width)
	for i := range out {
		out[i] = mean(values[i*n/width : (i+1)*n/width])
	}
	return out
}

func mean(values []float64) float64 {
	sum, n := 0.0, 0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}
