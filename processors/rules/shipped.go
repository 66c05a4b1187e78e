package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
)

// Judged returns the rules of a class whose forecast judges by itself, for a class
// that has none of its own: one a kind of what such a model finds. Of several measures
// that are forecast, the events if none is given, any may be the reason: what is wrong
// with a feed is told once, whatever shows it.
func Judged(measures ...string) []Config {
	if len(measures) == 0 {
		measures = []string{events}
	}
	var out []Config
	for _, k := range kinds() {
		c := Defaults()
		c.Name, c.Severity = string(k.kind), string(k.severity)
		c.When = strings.Join(signs(k.kind, measures), " || ")
		c.Say = fmt.Sprintf("{feed.name}: {%sreasons[%q]}", Forecast, k.kind)
		if len(measures) == 1 {
			c.Say = "{feed.name}: {" + Forecast + measures[0] + ".reason}"
		}
		out = append(out, c)
	}
	return out
}

const events = "events"

// signs are the conditions for a kind. A feed is silent when no events come; while
// they do, and nothing of another measure, it is short of that.
func signs(kind feedgauge.Status, measures []string) (out []string) {
	all := slices.Contains(measures, events)
	for _, m := range measures {
		is := func(kind feedgauge.Status) string { return fmt.Sprintf("%s%s.kind == %q", Forecast, m, kind) }
		switch {
		case m == events || !all || kind != feedgauge.Silent && kind != feedgauge.Short:
			out = append(out, is(kind))
		case kind == feedgauge.Short:
			out = append(out, is(kind), is(feedgauge.Silent)+fmt.Sprintf(" && %s%s.kind != %q", Forecast, events, feedgauge.Silent))
		}
	}
	return out
}

// graded is a kind of what models find, and how bad it is.
type graded struct {
	kind     feedgauge.Status
	severity feedgauge.Severity
}

func kinds() []graded {
	return []graded{
		{feedgauge.Silent, feedgauge.High},
		{feedgauge.Short, feedgauge.High},
		{feedgauge.Drifting, feedgauge.Medium},
		{feedgauge.StatusHigh, feedgauge.Medium},
	}
}

// Bounded returns the rules of a class whose forecast says what is usual and no
// more, for a class that has none of its own.
func Bounded() []Config {
	short, high := Defaults(), Defaults()
	short.Name, short.Severity, short.When = string(feedgauge.Short), string(feedgauge.High), "window.events < forecast.events.lower"
	high.Name, high.When = string(feedgauge.StatusHigh), "window.events > forecast.events.upper"
	const say = "{feed.name}: {window.events} events, {forecast.events.expected} were expected, "
	short.Say = say + "at least {forecast.events.lower}"
	high.Say = say + "at most {forecast.events.upper}"
	return []Config{short, high}
}

// Trend returns the rules that go with the forecast "trend": its bounds are
// narrow, and what alarms is a window below three quarters of it.
func Trend() []Config {
	short := Defaults()
	short.Name, short.Severity, short.When = string(feedgauge.Short), string(feedgauge.High), "window.events < 0.75 * forecast.events.expected"
	short.Say = "{feed.name}: {window.events} events, {forecast.events.expected} were expected"
	return []Config{short}
}
