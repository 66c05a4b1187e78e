package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/measure"
	"github.com/feedgauge/feedgauge/processors/rules"
)

func newMeasure() *measure.Config { return &measure.Config{} }

// measures builds the measures of a class and returns the names that they have
// among those that rules may use. One with mistakes is named too, so that rules are
// not blamed for it.
func (l *loader) measures(bs []*block, format feedgauge.FormatConfig, c *pipeline.Class) (names []string) {
	for i, b := range bs {
		cfg := newMeasure()
		l.decode(b, nil, cfg)
		cfg.Name = b.Labels[0]
		if names = append(names, rules.Own+cfg.Name); i == measure.MaxPerClass {
			l.reportHeader(b, Diagnostic{Summary: "Too many measures", Detail: fmt.Sprintf("A class has at most %d.", measure.MaxPerClass), Hint: "make two classes of it"})
		}
		if l.measure(b, cfg, format) {
			c.Measures = append(c.Measures, *cfg)
		}
	}
	slices.SortFunc(c.Measures, func(a, b measure.Config) int { return strings.Compare(a.Name, b.Name) })
	if len(c.Measures) > 0 && format != nil {
		l.eventful(bs[0], c)
	}
	return names
}

// measure reports what is wrong with a measure, and whether nothing is.
func (l *loader) measure(b *block, cfg *measure.Config, format feedgauge.FormatConfig) (good bool) {
	before := len(l.diags)
	m, err := cfg.Build()
	if err != nil {
		l.mistakes(b, err, "when", "sum", "distinct")
		return false
	}
	f, ok := format.(interface{ FieldNames() []string })
	if !ok || f.FieldNames() == nil {
		return len(l.diags) == before
	}
	known := f.FieldNames()
	for _, n := range m.Fields() {
		if slices.ContainsFunc(known, func(k string) bool { return related(k, n.Field) }) {
			continue
		}
		hint := suggest.Hint(n.Field, known)
		if hint == "" {
			hint = "fields are " + strings.Join(known, ", ")
		}
		l.mistakes(b, &feedgauge.FieldError{Field: n.Option, Offset: n.Offset, Msg: fmt.Sprintf("%q is no field of this format", n.Field), Hint: hint}, "when", "sum", "distinct")
	}
	return len(l.diags) == before
}

// related reports whether two names are of one field, or of parts of one.
func related(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

// eventful refuses measures where the format does not show events.
func (l *loader) eventful(b *block, c *pipeline.Class) {
	check, err := c.NewChecker()
	if err != nil {
		return // reported with the format
	}
	if _, ok := check.(feedgauge.EventReader); ok {
		return
	}
	l.reportHeader(b, Diagnostic{
		Summary: "Nothing to measure", Detail: fmt.Sprintf("The format %s reads no fields, and measures are made of them.", quote(c.Format)),
		Hint: `give the class a format block, such as format "json" {}`,
	})
}

// anyMeasures are all names that the measures of some class provide, for rules that
// are not of a class.
func (l *loader) anyMeasures() []string {
	names := append(measures(), rules.Lines, rules.Clocks, rules.Delivery, rules.Forecast+"bytes", rules.Forecast+"lines")
	for _, class := range l.blocks["class"] {
		for _, in := range class.Body.Blocks {
			if in.Type == "measure" && len(in.Labels) == 1 {
				names = append(names, rules.Own+in.Labels[0], rules.Forecast+in.Labels[0])
			}
		}
	}
	return names
}
