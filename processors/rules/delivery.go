package rules

import (
	"slices"

	"cel.dev/cel-go/cel"

	"github.com/feedgauge/feedgauge"
)

// Delivery stands among the measures of a chain that looks at what deliveries are.
const Delivery = "delivery"

// announced are the names that tell what deliveries said of themselves. A class with
// a rule on them judges by itself whether deliveries are whole.
var announced = []string{"window.deliveries", "window.declared_bytes", "window.declared_lines"}

// whole asks for no window, so that a rule on what a forecast finds is judged in those
// without arrivals all the same.
const whole = "delivery.whole"

func delivered() []Variable {
	return []Variable{
		{"delivery.kind", "what is wrong with the delivery: empty, header_only, duplicate, truncated, incomplete or surplus, or nothing", cel.StringType, func(m *Moment) any { return string(m.Delivery.Kind) }},
		{"delivery.text", "the same, in a few words and with numbers", cel.StringType, func(m *Moment) any { return m.Delivery.Text }},
		{"delivery.name", "its name, if one delivery was announced, and by a name", cel.StringType, func(m *Moment) any { return m.Delivery.Name }},
		{whole, "false if something is wrong with the delivery of the window", cel.BoolType, func(m *Moment) any { return m.Delivery.Kind == "" }},
	}
}

// Whole returns the rules of a class of batch feeds that has none of its own on what
// deliveries are: one for each way in which they are not whole, of which a delivery
// has one at most.
func Whole() []Config {
	var out []Config
	for _, k := range []graded{
		{feedgauge.Empty, feedgauge.High},
		{feedgauge.HeaderOnly, feedgauge.High},
		{feedgauge.Duplicate, feedgauge.Medium},
		{feedgauge.StatusTruncated, feedgauge.High},
		{feedgauge.Incomplete, feedgauge.High},
		{feedgauge.Surplus, feedgauge.Low},
	} {
		c := Defaults()
		c.Name, c.Severity = string(k.kind), string(k.severity)
		c.When = `delivery.kind == "` + c.Name + `"`
		c.Say = "{feed.name}: {delivery.text}"
		out = append(out, c)
	}
	return out
}

// Unexplained returns a rule on what a forecast finds, for a class that has those of
// [Whole]: it does not hold where one of them tells why a delivery is unusual.
func (c Config) Unexplained() Config {
	c.When = "(" + c.When + ") && " + whole
	return c
}

// OnDelivery reports whether the condition looks at what deliveries are, or at what
// they announced.
func (r *Rule) OnDelivery() bool { return r.needs()&needsDelivery != 0 }

func ofDelivery(name string) bool {
	return len(name) > 9 && name[:9] == "delivery." || slices.Contains(announced, name)
}
