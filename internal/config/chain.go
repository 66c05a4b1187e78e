package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/rules"
	"github.com/feedgauge/feedgauge/processors/status"
)

type countBlock struct {
	Measures []string `hcl:"measures,optional" doc:"what is counted and may be named by rules: events, bytes, lines" default:"[\"events\", \"bytes\", \"lines\"]"`
}

func measures() []string { return []string{"events", "bytes", "lines"} }

func newCount() *countBlock { return &countBlock{Measures: measures()} }

func newRule() *rules.Config {
	c := rules.Defaults()
	return &c
}

// chain builds the blocks inside a class. They work in the order format, count,
// measures, forecast, rules, and stand in it.
func (l *loader) chain(b *block, cfg *classBlock, env feedgauge.Env, c *pipeline.Class) {
	steps := l.steps(b)
	env.Class, env.Every, env.Period, env.Measures = c.Name, c.Every, c.Period, measures()
	if one := l.single(steps["count"], ""); one != nil {
		env.Measures = l.count(one)
	}
	if c.Schedule != nil && c.Gap > 0 {
		env.Every, env.Window, env.Deadline = c.Gap, c.Window, c.Deadline
	}
	c.Env = env
	format := l.format(b, l.single(steps["format"], "A class has one format."), env, c)
	env.Measures = append(slices.Clone(env.Measures), l.measures(l.unique(steps["measure"]), format, c)...)
	if c.Clocks = cfg.Clocks && timed(c); c.Clocks {
		env.Measures = append(slices.Clone(env.Measures), rules.Clocks)
	}
	var forecast []string
	if one := l.single(steps["forecast"], "A class has one forecast."); one != nil {
		forecast = l.forecast(one, env, c)
	}
	env.Measures = append(env.Measures, forecastNames(forecast)...)
	if c.Learn {
		env.Measures = append(slices.Clone(env.Measures), rules.Lines)
	}
	if c.Whole {
		env.Measures = append(slices.Clone(env.Measures), rules.Delivery)
	}
	ofEvents := slices.Contains(forecast, events)
	l.classRules(b, cfg, l.unique(steps["rule"]), &env, ofEvents, c)
	if c.Whole && !slices.ContainsFunc(c.Rules, (*rules.Rule).OnDelivery) {
		l.deliveryRules(b, env.Measures, ofEvents, c)
	}
	if len(b.Body.Blocks) > 0 && len(steps["rule"]) == 0 && b.Body.Attributes["rules"] == nil {
		l.shipped(b, &env, forecast, c)
	}
	if c.Learn && !slices.ContainsFunc(c.Rules, func(r *rules.Rule) bool { return r.OnLines() || r.Name() == string(feedgauge.Drifting) }) {
		l.add(b, rules.Drifting(), env.Measures, ofEvents, c)
	}
	if c.Clocks {
		l.clockRules(b, env.Measures, ofEvents, c)
	}
	l.tellRules(b, c)
}

// steps sorts the blocks inside a class by type, and reports those that stand
// above what they build on.
func (l *loader) steps(b *block) map[string][]*block {
	out := map[string][]*block{}
	latest := 0
	for _, in := range b.Body.Blocks {
		at := slices.Index(chain(), in.Type)
		if at < 0 {
			continue // reported by decode, or not of the chain
		}
		child := b.child(in)
		if at < latest {
			l.reportHeader(child, Diagnostic{
				Summary: "Wrong order", Detail: fmt.Sprintf("A %s block works before a %s block and must stand above it.", in.Type, chain()[latest]),
				Hint: "the order in a class is format, count, measures, forecast, rules",
			})
		}
		latest = max(latest, at)
		if l.labels(child) {
			out[in.Type] = append(out[in.Type], child)
		}
	}
	return out
}

// count returns the measures of a count block; all of them if it has mistakes,
// so that rules are not blamed for those.
func (l *loader) count(b *block) []string {
	cfg := newCount()
	l.decode(b, nil, cfg)
	good := !b.bad["measures"]
	for i, m := range cfg.Measures {
		fe := feedgauge.FieldError{Field: "measures", Index: i}
		switch {
		case !slices.Contains(measures(), m):
			fe.Msg, fe.Hint = "there is no measure "+quote(m), suggest.DidYouMean(m, measures())
		case slices.Index(cfg.Measures, m) < i:
			fe.Msg, fe.Hint = quote(m)+" is listed twice", "remove one of them"
		default:
			continue
		}
		l.mistakes(b, &fe)
		good = false
	}
	if !good {
		return measures()
	}
	return cfg.Measures
}

// format builds the format of class; without a block it is "any". It returns what it
// was built of, nil if that has mistakes.
func (l *loader) format(class, b *block, env feedgauge.Env, c *pipeline.Class) feedgauge.FormatConfig {
	table := l.plugins.Processors.Formats
	if b == nil {
		c.Format = "any"
		plugin, ok := table["any"]
		if !ok {
			l.reportHeader(class, Diagnostic{Summary: "Missing block", Detail: title(class.Block) + " has no format, and this program has no format \"any\"."})
			return nil
		}
		cfg := plugin()
		c.Checker = func() (feedgauge.Checker, error) { return cfg.Build(env) }
		return cfg
	}
	c.Format = b.Labels[0]
	plugin, ok := kind(l, b, "format", table)
	if !ok {
		return nil
	}
	cfg, before := plugin(), len(l.diags)
	l.decode(b, nil, cfg)
	if u, ok := cfg.(interface{ EventUnit() string }); ok && u.EventUnit() != "" {
		c.Unit = u.EventUnit()
	}
	c.Checker = keep(l, b, func() (feedgauge.Checker, error) { return cfg.Build(env) })
	if len(l.diags) > before {
		return nil
	}
	return cfg
}

// periodName finds feed.period in a condition.
var periodName = regexp.MustCompile(`\bfeed\.period\b`)

func (l *loader) rule(b *block, measures []string, forecasts bool, c *pipeline.Class) {
	r, err := l.build(l.ruleOptions(b), measures, forecasts, c)
	if err != nil {
		l.mistakes(b, err, "when", "say")
		return
	}
	c.Rules = append(c.Rules, r)
}

// ruleOptions reads the options of a rule.
func (l *loader) ruleOptions(b *block) *rules.Config {
	cfg := newRule()
	l.decode(b, nil, cfg)
	cfg.Name = b.Labels[0]
	l.reserved(b, cfg)
	l.resolveOption(b, "status", cfg.Name)
	return cfg
}

// build makes a rule for a class.
func (l *loader) build(cfg *rules.Config, measures []string, forecasts bool, c *pipeline.Class) (*rules.Rule, error) {
	r, err := cfg.Build(measures, forecasts)
	if at := periodName.FindStringIndex(cfg.When); err == nil && at != nil && c.Period == 0 {
		return nil, &feedgauge.FieldError{
			Field: "when", Offset: at[0], Msg: "the class has no period, so nothing is too long a silence",
			Hint: `add a period to the class, such as period = "5m"`,
		}
	}
	if err == nil && r.Constant() {
		return nil, &feedgauge.FieldError{
			Field: "when", Msg: "the condition names nothing that changes, so it always holds or never does",
			Hint: "compare a name with something, as in window.events < 10",
		}
	}
	return r, err
}

// add gives a class a rule that nobody wrote.
func (l *loader) add(b *block, cfg rules.Config, measures []string, forecasts bool, c *pipeline.Class) {
	r, err := cfg.Build(measures, forecasts)
	if err != nil {
		l.mistakes(b, err)
		return
	}
	c.Rules = append(c.Rules, r)
}

// reserved refuses rules that would give a feed a status it has when no rule
// finds anything. "never_seen" and "late" are fine: a rule may find just that.
func (l *loader) reserved(b *block, cfg *rules.Config) {
	const hint = "name what the rule finds, such as silent, short or malformed"
	if status.Reserved(feedgauge.Status(cfg.Name)) {
		l.report(b.text, b.LabelRanges[0], Diagnostic{
			Summary: "Reserved name", Detail: "A feed has the status " + quote(cfg.Name) + " of itself, so a finding could not be told from none.", Hint: hint,
		})
	}
	if b.Body.Attributes["status"] != nil && !b.bad["status"] && status.Reserved(feedgauge.Status(cfg.Status)) {
		l.invalid(b, "status", "A feed has the status "+quote(cfg.Status)+" of itself, so a finding could not be told from none.", hint)
	}
}

// labelled checks names of labels: an empty one could not be told from none.
func (l *loader) labelled(b *block, labels map[string]string) {
	for k := range labels {
		if k == "" {
			l.invalid(b, "labels", "A label has no name, only the value "+strconv.Quote(labels[k])+".", "")
		}
	}
}
