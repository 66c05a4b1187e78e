package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// ruleSet is a rules block: rules that classes take by its name.
type ruleSet struct {
	block *block
	rules []setRule
	used  bool
}

// setRule is one rule of a set.
type setRule struct {
	block *block
	cfg   *rules.Config
	sound bool // it may be used where what it names is provided
}

// rulesBlock has no options, only rules.
type rulesBlock struct{}

// ruleSets reads the rules blocks. What is wrong with a rule wherever it is used is
// reported here, once.
func (l *loader) ruleSets() {
	l.sets = map[string]*ruleSet{}
	for _, b := range l.unique(l.blocks["rules"]) {
		l.decode(b, []string{"rule"}, &rulesBlock{})
		set := &ruleSet{block: b}
		var all []*block
		for _, in := range b.Body.Blocks {
			if child := b.child(in); in.Type == "rule" && l.labels(child) {
				all = append(all, child)
			}
		}
		for _, r := range l.unique(all) {
			before := len(l.diags)
			cfg := l.ruleOptions(r)
			if _, err := cfg.Build(l.anyMeasures(), true); err != nil {
				l.mistakes(r, err, "when", "say")
			}
			set.rules = append(set.rules, setRule{r, cfg, len(l.diags) == before})
		}
		if l.sets[b.Labels[0]] == nil {
			l.sets[b.Labels[0]] = set
		}
	}
}

// classRules builds the rules of a class: those of its sets and its own. A rule of
// its own takes the place of one of the same name in a set.
func (l *loader) classRules(b *block, cfg *classBlock, own []*block, env *feedgauge.Env, forecasts bool, c *pipeline.Class) {
	taken := map[string]string{} // rules by name, and the set they are of
	origin := map[string]string{}
	for i, name := range cfg.Rules {
		set := l.setOf(b, cfg.Rules, i)
		if set == nil {
			continue
		}
		set.used = true
		for _, r := range set.rules {
			if other, twice := taken[r.cfg.Name]; twice {
				if other != name {
					l.notForClass(b, i, fmt.Sprintf("rule %s is in set %s already", quote(r.cfg.Name), quote(other)), "rename one of them")
				}
				continue
			}
			taken[r.cfg.Name] = name
			if at := slices.IndexFunc(own, func(o *block) bool { return o.Labels[0] == r.cfg.Name }); at >= 0 {
				l.rule(own[at], env.Measures, forecasts, c)
				continue
			}
			origin[r.cfg.Name] = " of rules " + quote(name)
			if r.sound {
				l.shared(b, i, r, env, forecasts, c)
			}
		}
	}
	for _, o := range own {
		if _, done := taken[o.Labels[0]]; !done {
			l.rule(o, env.Measures, forecasts, c)
		}
	}
	l.decoded[b.Block].origin = origin
}

// setOf returns the set that element i of the list of a class names, nil if there
// is none.
func (l *loader) setOf(b *block, list []string, i int) *ruleSet {
	set := l.sets[list[i]]
	switch {
	case set == nil && l.sure("rules"):
		l.notForClass(b, i, fmt.Sprintf("there is no set of rules %s", quote(list[i])), suggest.DidYouMean(list[i], slices.Sorted(maps.Keys(l.sets))))
	case slices.Index(list, list[i]) < i:
		l.notForClass(b, i, quote(list[i])+" is listed twice", "remove one of them")
		return nil
	}
	return set
}

func (l *loader) notForClass(b *block, index int, msg, hint string) {
	l.mistakes(b, &feedgauge.FieldError{Field: "rules", Index: index, Msg: msg, Hint: hint})
}

// shared builds a rule of a set for a class. What the class does not provide is
// the class's mistake.
func (l *loader) shared(b *block, index int, r setRule, env *feedgauge.Env, forecasts bool, c *pipeline.Class) {
	built, err := l.build(r.cfg, env.Measures, forecasts, c)
	for _, e := range flatten(err) {
		var fe *feedgauge.FieldError
		if !errors.As(e, &fe) {
			fe = &feedgauge.FieldError{Msg: e.Error()}
		}
		l.notForClass(b, index, fmt.Sprintf("rule %s, at %s, does not work in this class: %s", quote(r.cfg.Name), r.block.where(), fe.Msg), fe.Hint)
	}
	if err == nil {
		c.Rules = append(c.Rules, built)
	}
}

// idleSets warns of sets that no class takes.
func (l *loader) idleSets() {
	for _, set := range l.sets {
		if !set.used {
			l.reportHeader(set.block, Diagnostic{
				Severity: Warning, Summary: "Rules without classes", Detail: "No class takes this set of rules.",
				Hint: "name it in a class: rules = [" + quote(set.block.Labels[0]) + "]",
			})
		}
	}
}
