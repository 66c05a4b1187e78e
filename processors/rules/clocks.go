package rules

import (
	"cel.dev/cel-go/cel"

	"github.com/feedgauge/feedgauge"
)

// Clocks stands among the measures of a chain that compares the times of events
// with their arrival.
const Clocks = "clock"

// skews are the names that tell how a clock is wrong. What is told of them began
// when that did, not with the window.
var skews = []string{"clock.kind", "clock.off", "clock.text", "clock.since"}

func clocked() []Variable {
	return []Variable{
		{"clock.events", "events with a time that can be read", cel.DoubleType, func(m *Moment) any { return float64(m.Clocks.Events) }},
		{"clock.timeless", "events without", cel.DoubleType, func(m *Moment) any { return float64(m.Clocks.Timeless) }},
		{"clock.future", "events stamped more than five minutes ahead of their arrival", cel.DoubleType, func(m *Moment) any { return float64(m.Clocks.Future) }},
		{"clock.delay", "the middle one of arrivals less times of events; negative where the clock is ahead", cel.DurationType, func(m *Moment) any { return m.Clocks.Delay }},
		{"clock.least", "the delay that one event in twenty is below", cel.DurationType, func(m *Moment) any { return m.Clocks.Least }},
		{"clock.most", "the delay that one event in twenty is above", cel.DurationType, func(m *Moment) any { return m.Clocks.Most }},
		{"clock.kind", "how the sender's clock is wrong: zone, year or ahead, or nothing", cel.StringType, func(m *Moment) any { return m.Skew.Kind }},
		{"clock.off", "by how much: negative where it is ahead", cel.DurationType, func(m *Moment) any { return m.Skew.Off }},
		{"clock.text", "the same, in a few words", cel.StringType, func(m *Moment) any { return m.Skew.Text }},
		{"clock.since", "start of the window in which it began", cel.TimestampType, func(m *Moment) any { return m.Skew.Since.Time() }},
		{"delay.grows", "whether events arrive later and later, hour by hour", cel.BoolType, func(m *Moment) any { return m.Growth.Text != "" }},
		{"delay.by", "by how much they arrive later than before", cel.DurationType, func(m *Moment) any { return m.Growth.Off }},
		{"delay.text", "the same, in a few words", cel.StringType, func(m *Moment) any { return m.Growth.Text }},
		{"delay.since", "start of the hour in which it began", cel.TimestampType, func(m *Moment) any { return m.Growth.Since.Time() }},
	}
}

// Timed returns the rules of a class that compares the times of events with their
// arrival, for those it has none of its own on.
func Timed() []Config {
	clock, delay := Defaults(), Defaults()
	clock.Name, clock.When = string(feedgauge.WrongClock), `clock.kind != ""`
	clock.Say = "{feed.name}: {clock.text}, since {clock.since}"
	delay.Name, delay.When = string(feedgauge.Delayed), "delay.grows"
	delay.Say = "{feed.name}: {delay.text}, since {delay.since}"
	return []Config{clock, delay}
}

// OnClocks reports whether the condition looks at what is wrong with the times of
// events. How many there are is not in doubt then: what holds is learnt from.
func (r *Rule) OnClocks() bool { return r.needs()&(needsSkew|needsGrowth) != 0 }

// Alike reports whether both conditions look at the same of what the times of
// events say, or both rules have the same name.
func (r *Rule) Alike(other *Rule) bool {
	const both = needsSkew | needsGrowth
	return r.Name() == other.Name() || r.needs()&other.needs()&both != 0
}

// skewsOf are the skews that the rule looks at.
func (r *Rule) skewsOf(m *Moment) (out []feedgauge.Skew) {
	if r.needs()&needsSkew != 0 && m.Skew.Text != "" {
		out = append(out, m.Skew)
	}
	if r.needs()&needsGrowth != 0 && m.Growth.Text != "" {
		out = append(out, m.Growth)
	}
	return out
}
