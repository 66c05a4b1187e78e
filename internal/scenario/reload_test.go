package scenario_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge/internal/engine"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/pipelinetest"
	"github.com/feedgauge/feedgauge/processors/rules"
)

// process is a member whose configuration changes while it runs.
type process struct {
	*engine.Series
	w    *world
	name string
	stop context.CancelFunc
	done chan error // closed at the end, without one if it was in order
}

// process starts a member until it is ended, at the latest with the test. Reread is
// how it reads its configuration anew, nil for not at all.
func (w *world) process(name string, reread func() (*pipeline.Pipeline, error)) *process {
	w.t.Helper()
	l := &link{dial: w.net.DialContext}
	s, err := engine.NewSeries(engine.Options{
		Pipeline: w.pipeline(name), Log: testLog(w.t), Version: "test", Opts: []kgo.Opt{kgo.Dialer(l.dialContext)},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	s.Reread = reread
	ctx, stop := context.WithCancel(context.Background())
	p := &process{Series: s, w: w, name: name, stop: stop, done: make(chan error, 1)}
	go func() {
		p.done <- s.Run(ctx)
		close(p.done)
	}()
	w.t.Cleanup(func() {
		stop()
		if err := p.ended(); err != nil {
			w.t.Errorf("member %s: %v", name, err)
		}
	})
	return p
}

// ended waits for the end of the process. Its error is told once.
func (p *process) ended() error { return <-p.done }

// over reports whether the process has ended.
func (p *process) over() bool { return len(p.done) > 0 }

// reload gives the process, and all that start later, another configuration.
func (p *process) reload(fingerprint string, change func(*pipeline.Pipeline)) {
	p.w.t.Helper()
	p.w.become(fingerprint, change)
	if err := p.Replace(p.w.t.Context(), p.w.pipeline(p.name)); err != nil {
		p.w.t.Fatal(err)
	}
}

// become is what lies on disk from now on.
func (w *world) become(fingerprint string, change func(*pipeline.Pipeline)) {
	w.change = func(p *pipeline.Pipeline) {
		p.Fingerprint = fingerprint
		change(p)
	}
}

// rule builds a rule of a class with a forecast.
func (w *world) rule(name, when string) *rules.Rule {
	w.t.Helper()
	c := rules.Defaults()
	c.Name, c.When = name, when
	r, err := c.Build([]string{"events", "bytes", "lines"}, true)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// with puts a rule in place of the one of its name, or behind the others.
func with(rs []*rules.Rule, r *rules.Rule) []*rules.Rule {
	out := slices.Clone(rs)
	for i := range out {
		if out[i].Name() == r.Name() {
			out[i] = r
			return out
		}
	}
	return append(out, r)
}

func lacking(rs []*rules.Rule, name string) []*rules.Rule {
	return slices.DeleteFunc(slices.Clone(rs), func(r *rules.Rule) bool { return r.Name() == name })
}

// steps returns what was told of feeds as "feed rule activity".
func (w *world) steps() []string {
	w.t.Helper()
	var out []string
	for _, f := range w.findings() {
		word, _, _ := strings.Cut(f, " at ")
		out = append(out, word)
	}
	return out
}

func (w *world) wantSteps(want ...string) {
	w.t.Helper()
	if got := w.steps(); !slices.Equal(got, want) {
		w.t.Errorf("told %q, want %q", got, want)
	}
	w.forget()
}

// silentFeed has a member watch until the silence of web-0 is told, and returns
// the uid of the finding.
func silentFeed(w *world, p *process) (uid string) {
	w.t.Helper()
	w.pass(15 * time.Minute)
	w.stop("web-0")
	if !w.until(3*period, func() bool { return len(w.findings()) > 0 }) {
		w.t.Fatal("the silence was not found")
	}
	uid = w.last()
	w.wantSteps("web-0 silent open")
	return uid
}

// last is the uid of the finding that was told of last.
func (w *world) last() (uid string) {
	w.look()
	for _, a := range w.alerts {
		if a.Tenant != pipeline.Self {
			uid = a.UID
		}
	}
	return uid
}

// A reload that changes a rule while a finding of it is open: the finding stays
// while the new condition holds, and is the same one when it closes.
func TestReloadKeepsAFindingThatStillHolds(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.process("a", nil)
		uid := silentFeed(w, p)
		p.reload("two", func(p *pipeline.Pipeline) {
			p.Classes[0].Rules = with(p.Classes[0].Rules, w.rule("silent", "silence.age > feed.period && silence.age > duration('1m')"))
		})
		w.pass(3 * period)
		w.calm()
		w.feeds[0] = "web-0"
		w.pass(3 * time.Minute)
		if got := w.last(); got != uid {
			t.Errorf("finding %s closed, %s was open", got, uid)
		}
		w.wantSteps("web-0 silent close")
	})
}

// If the new condition does not hold, the finding closes at the next window's end,
// and opens again when it does.
func TestReloadClosesAFindingThatNoLongerHolds(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.process("a", nil)
		silentFeed(w, p)
		p.reload("two", func(p *pipeline.Pipeline) {
			p.Classes[0].Rules = with(p.Classes[0].Rules, w.rule("silent", "silence.age > duration('30m')"))
		})
		w.pass(2 * time.Minute)
		w.wantSteps("web-0 silent close")
		w.pass(30 * time.Minute)
		w.wantSteps("web-0 silent open")
	})
}

// The findings of a rule that is gone close; under another name it is another
// rule.
func TestReloadWithoutTheRule(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.process("a", nil)
		uid := silentFeed(w, p)
		p.reload("two", func(p *pipeline.Pipeline) {
			p.Classes[0].Rules = with(lacking(p.Classes[0].Rules, "silent"), w.rule("mute", "silence.age > feed.period"))
		})
		w.pass(2 * time.Minute)
		if got := w.last(); got == uid {
			t.Errorf("both findings have the uid %s", uid)
		}
		w.wantSteps("web-0 silent close", "web-0 mute open")
	})
}

// A new class takes feeds of another, one with an open finding, and feeds that
// none had: what they learnt of their windows stays, what they are judged by is
// the new class's.
func TestReloadAddsAClass(t *testing.T) {
	inWorld(t, func(w *world) {
		w.feeds = append(w.feeds, "app-0")
		p := w.process("a", nil)
		silentFeed(w, p)
		p.reload("two", func(p *pipeline.Pipeline) {
			c := pipelinetest.Class(w.t, "few", "raw", "web-[0-3]", every, lateness, period)
			c.Rules = []*rules.Rule{w.rule("gone", "silence.age > feed.period")}
			apps := pipelinetest.Class(w.t, "apps", "raw", "app-*", every, lateness, period)
			p.Classes = append([]*pipeline.Class{c, apps}, p.Classes...)
		})
		w.pass(3 * time.Minute)
		w.wantSteps("web-0 silent close", "web-0 gone open")
		w.stop("app-0")
		w.stop("web-7")
		w.pass(2 * period)
		got := w.steps()
		slices.Sort(got)
		if want := []string{"app-0 silent open", "web-7 silent open"}; !slices.Equal(got, want) {
			t.Errorf("told %q, want %q", got, want)
		}
	})
}

// What cannot change in a process, or does not work with Kafka, is refused, and
// the process goes on as it was.
func TestReloadThatIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		p := w.process("a", nil)
		w.pass(10 * time.Minute)
		before := p.Engine()
		for want, change := range map[string]func(*pipeline.Pipeline){
			"topics resize":           func(p *pipeline.Pipeline) { p.Kafka.Partitions = 6 },
			"another prefix":          func(p *pipeline.Pipeline) { p.Kafka.Prefix = "other" },
			"another list of brokers": func(p *pipeline.Pipeline) { p.Kafka.Brokers = []string{"127.0.0.1:1"} },
			"another instance name":   func(p *pipeline.Pipeline) { p.Kafka.Instance = "b" },
			"replication = 3":         func(p *pipeline.Pipeline) { p.Kafka.Replication = 3 },
			"another embedded broker": func(p *pipeline.Pipeline) { p.Embedded = &pipeline.Embedded{Dir: "x"} },
		} {
			next := w.pipeline("a")
			next.Fingerprint = "two"
			change(next)
			if err := p.Replace(w.t.Context(), next); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			}
		}
		if p.Engine() != before || p.Ready() != nil {
			t.Errorf("the engine was stopped: %v", p.Ready())
		}
		silentFeed(w, p)
	})
}

// Of two members one is given a new configuration. The other, which finds it on
// its disk too, goes on with it; one that does not ends.
func TestReloadOfOneOfTwoMembers(t *testing.T) {
	inWorld(t, func(w *world) {
		readable := true
		a, b := w.process("a", nil), w.process("b", func() (*pipeline.Pipeline, error) {
			if !readable {
				return nil, errors.New("broken")
			}
			return w.pipeline("b"), nil
		})
		silentFeed(w, a)
		loosen := func(p *pipeline.Pipeline) {
			p.Classes[0].Rules = with(p.Classes[0].Rules, w.rule("silent", "silence.age > duration('10h')"))
		}
		a.reload("two", loosen)
		w.pass(3 * time.Minute)
		w.wantSteps("web-0 silent close")
		w.pass(2 * period)
		if got := b.Engine().Pipeline.Fingerprint; got != "two" {
			t.Errorf("the other member runs %q", got)
		}
		if a.Ready() != nil || b.Ready() != nil {
			t.Errorf("not ready: %v, %v", a.Ready(), b.Ready())
		}
		readable = false
		a.reload("three", loosen)
		if !w.until(2*period, b.over) {
			w.t.Fatal("the other member goes on")
		}
		var newer *engine.NewerError
		if err := b.ended(); !errors.As(err, &newer) || newer.Fingerprint != "three" {
			t.Errorf("the other member ended with %v", err)
		}
		w.pass(2 * period)
		w.whole("web-1", "web-2", "web-3")
	})
}
