package rules

import (
	"fmt"

	"github.com/feedgauge/feedgauge"
)

// Judged returns the rules of a class whose forecast judges by itself, for a class
// that has none of its own: one a kind of what such a model finds.
func Judged() []Config {
	var out []Config
	for _, k := range []struct {
		kind     feedgauge.Status
		severity feedgauge.Severity
	}{
		{feedgauge.Silent, feedgauge.High},
		{feedgauge.Short, feedgauge.High},
		{feedgauge.Drifting, feedgauge.Medium},
		{feedgauge.StatusHigh, feedgauge.Medium},
	} {
		c := Defaults()
		c.Name, c.Severity = string(k.kind), string(k.severity)
		c.When = fmt.Sprintf("forecast.events.kind == %q", k.kind)
		c.Say = "{feed.name}: {forecast.events.reason}"
		out = append(out, c)
	}
	return out
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
