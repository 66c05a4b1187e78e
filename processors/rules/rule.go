// Package rules decides, from conditions written in CEL, when something is
// wrong with a feed. A condition is judged only at due times (the end of a
// window, or the moment a feed has been silent for its period), so that the same
// traffic gives the same findings however it was cut on its way.
package rules

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
)

// Config configures one rule.
type Config struct {
	Name     string `hcl:"name,label" doc:"name of the rule; part of the finding's uid"`
	When     string `hcl:"when" doc:"condition in CEL that holds while something is wrong"`
	For      int    `hcl:"for,optional" doc:"windows in a row for which it must hold before a finding opens" default:"1"`
	Clear    int    `hcl:"clear,optional" doc:"windows in a row for which it must not hold before the finding closes" default:"1"`
	Severity string `hcl:"severity,optional" doc:"info, low, medium, high or critical" default:"medium"`
	Status   string `hcl:"status,optional" doc:"status of a feed with an open finding" default:"the rule's name"`
	Say      string `hcl:"say,optional" doc:"sentence of the alert; holes in braces are CEL" default:"the condition and its numbers"`
}

// Defaults returns the configuration with its defaults.
func Defaults() Config { return Config{For: 1, Clear: 1, Severity: string(feedgauge.Medium)} }

// Rule is a compiled rule. It is immutable and may be used by many goroutines.
type Rule struct {
	cfg  Config
	when *expression
	say  *template
	vars map[string]Variable
}

// Name returns the rule's name.
func (r *Rule) Name() string { return r.cfg.Name }

// Config returns what the rule was built from.
func (r *Rule) Config() Config { return r.cfg }

// Build compiles the rule for a chain that has counted measures and, if
// forecasts is true, forecast their events. All mistakes come at once, each a
// [feedgauge.FieldError].
func (c Config) Build(measures []string, forecasts bool) (*Rule, error) {
	vars := Variables(measures, forecasts)
	comp, err := newCompiler(vars)
	if err != nil {
		return nil, err
	}
	r := &Rule{cfg: c, vars: comp.vars}
	errs := []error{c.check()}
	r.when, err = comp.compile("when", c.When, 0)
	switch {
	case err != nil:
		errs = append(errs, err)
	case !r.when.typ.IsExactType(cel.BoolType):
		errs = append(errs, &feedgauge.FieldError{
			Field: "when", Msg: fmt.Sprintf("a condition is true or false, but this is a %s", r.when.typ),
			Hint: "compare it with something, as in window.events < 10",
		})
	}
	r.say, err = comp.parseTemplate("say", c.sentence(r.when))
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, nil
}

// Constant reports whether the condition is the same whatever happens.
func (r *Rule) Constant() bool { return !r.when.varies }

// sentence returns the text of the alert, by default the condition as it stands
// with the values of the names in it.
func (c Config) sentence(when *expression) string {
	if c.Say != "" {
		return c.Say
	}
	var values []string
	if when != nil {
		for _, name := range when.names {
			values = append(values, name+" is {"+name+"}")
		}
	}
	condition := strings.NewReplacer("{", "{{", "}", "}}").Replace(c.When)
	if len(values) == 0 {
		return "{feed.name}: " + c.Name + ", since " + condition
	}
	return "{feed.name}: " + c.Name + ", since " + condition + " (" + strings.Join(values, ", ") + ")"
}

func (c Config) check() error {
	var errs []error
	if !feedgauge.GoodName([]byte(c.Name)) {
		errs = append(errs, &feedgauge.FieldError{Field: "name", Msg: "a rule needs a name of 1 to 255 bytes without control characters"})
	}
	if c.For < 1 || c.For > 10_000 {
		errs = append(errs, &feedgauge.FieldError{Field: "for", Msg: "the number of windows must be between 1 and 10000"})
	}
	if c.Clear < 1 || c.Clear > 10_000 {
		errs = append(errs, &feedgauge.FieldError{Field: "clear", Msg: "the number of windows must be between 1 and 10000"})
	}
	if !known(c.Severity) {
		errs = append(errs, &feedgauge.FieldError{
			Field: "severity", Msg: fmt.Sprintf("there is no severity %q", c.Severity),
			Hint: suggest.DidYouMean(c.Severity, severities()),
		})
	}
	return errors.Join(errs...)
}

func severities() []string {
	return []string{string(feedgauge.Info), string(feedgauge.Low), string(feedgauge.Medium), string(feedgauge.High), string(feedgauge.Critical)}
}

func known(severity string) bool {
	for _, s := range severities() {
		if s == severity {
			return true
		}
	}
	return false
}

// status returns the status of a feed with an open finding of this rule.
func (r *Rule) status() feedgauge.Status {
	if r.cfg.Status != "" {
		return feedgauge.Status(r.cfg.Status)
	}
	return feedgauge.Status(r.cfg.Name)
}

// OnlySilence reports whether the condition looks at silence and at nothing in a
// window: such a rule can be judged for a group of feeds.
func (r *Rule) OnlySilence() bool { return r.needs() == needsSilence }

// needs returns what the condition looks at.
func (r *Rule) needs() group { return r.when.needs }

// judgeable reports whether moment m offers all the condition looks at. A rule
// that names no window is judged at deadlines too.
func (r *Rule) judgeable(m *Moment) bool {
	needs := r.needs()
	if needs&needsWindow != 0 && !m.Closed {
		return false
	}
	if needs&needsVerdict != 0 && !m.Closed && !m.Judged {
		return false
	}
	if needs&needsForecast != 0 && (m.Learning() || !r.when.forecast(m)) {
		return false
	}
	return needs&needsSilence == 0 || m.Last != feedgauge.Before
}

// holds evaluates the condition.
func (r *Rule) holds(m *Moment) (bool, error) {
	v, err := r.when.eval(r.vars, m)
	if err != nil {
		return false, err
	}
	b, ok := v.(types.Bool)
	if !ok {
		return false, fmt.Errorf("condition of rule %q gave a %s", r.cfg.Name, v.Type().TypeName())
	}
	return bool(b), nil
}
