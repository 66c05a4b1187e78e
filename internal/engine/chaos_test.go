package engine_test

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/figures"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
)

// The measure of the chaos test: small where all tests run, large on demand.
var (
	chaosSeed     = flag.Uint64("chaos.seed", 0, "seed of the chaos test, 0 for a new one")
	chaosRecords  = flag.Int64("chaos.records", 60_000, "records of the chaos test")
	chaosKills    = flag.Int("chaos.kills", 5, "kill -9 of intake and of watch members")
	chaosRestarts = flag.Int("chaos.restarts", 5, "restarts of the broker, every other one by kill -9")
	chaosStops    = flag.Int("chaos.stops", 5, "SIGSTOPs past the session timeout")
)

const (
	mostMembers = 4               // of a role
	chaosSpell  = 3 * time.Second // session timeout
)

// TestChaos has the same raw topics, complete before it starts, watched by an
// undisturbed monitor and by one whose intake and watch run as separate
// processes, one to four of each and back to one, which are killed, stopped past
// their session and cut off from a broker that restarts, at random. In the end
// both have told the same of each feed, byte for byte, and each step once; both
// have counted what was produced; and no feed was called silent that delivered.
func TestChaos(t *testing.T) {
	t.Parallel()
	c := onCluster(t, kafkatest.Start(t,
		kafkatest.Config("quota.window.num", "2"), kafkatest.Config("quota.window.size.seconds", "1")))
	seed := cmp.Or(*chaosSeed, uint64(time.Now().UnixNano()))
	t.Logf("chaos: seed %d, repeat with -chaos.seed", seed)
	began := time.Now()
	r := &killRun{cluster: c, t: t, rng: rand.New(rand.NewPCG(seed, 3)), program: buildMember(t)}
	r.traffic = produceTraffic(c, "exact", seed, *chaosRecords)
	r.horizon = feedgauge.InstantOf(r.traffic.start.Add(r.traffic.length + 4*time.Minute).Truncate(time.Minute))
	r.calm()
	t.Logf("chaos: undisturbed after %.0f s", time.Since(began).Seconds())

	x := &chaos{killRun: r, roles: []*role{{name: "intake"}, {name: "watch"}}}
	x.run()
	t.Logf("chaos: disturbed after %.0f s", time.Since(began).Seconds())

	a, b := r.told("a"), r.told("b")
	compareTallies(t, "undisturbed", r.traffic, a)
	compareTallies(t, "disturbed", r.traffic, b)
	compareTold(t, "alerts", a.alerts, b.alerts)
	compareTold(t, "history", a.history, b.history)
	for _, uid := range b.twice {
		t.Errorf("told twice: %s", uid)
	}
	silences := r.deliveredYetSilent(b)
	x.report()
	if !t.Failed() {
		figures.Tell(t, "chaos: seed %d, %d records, %d feeds, %d alerts of which %d of silence, differences 0, false silences 0, %.0f s",
			seed, r.traffic.records, len(r.traffic.feeds), len(b.order), silences, time.Since(began).Seconds())
	}
}

// calm is the undisturbed run.
func (r *killRun) calm() {
	m := r.member("a", "", 1)
	await(r.t, "the undisturbed monitor to tell all", r.finished("a"))
	r.goal = r.progress("a")
	m.stop()
}

// deliveredYetSilent checks each finding of silence against what was produced,
// whatever another run says, and returns how many there are.
func (r *killRun) deliveredYetSilent(b *told) (silences int) {
	period := map[string]time.Duration{"fast": 10 * time.Second, "mid": time.Minute, "slow": 90 * time.Second, "other": 2 * time.Minute}
	for _, rec := range b.order {
		s := summary(r.t, rec)
		if s.Rule != "silent" || s.Activity != feedgauge.Open {
			continue
		}
		silences++
		class, _, _ := strings.Cut(s.Feed, "-")
		since := s.Time.Add(-period[class] - time.Millisecond)
		for _, at := range r.traffic.punctual[feedgauge.FeedID{Tenant: s.Tenant, Name: s.Feed}] {
			if since < at && at < s.Time {
				r.t.Errorf("%s is called silent at %v, but it delivered at %v", s.Feed, s.Time, at)
				break
			}
		}
	}
	if silences == 0 {
		r.t.Error("no silence was found: the test shows nothing")
	}
	return silences
}

// role is one half of the monitor, run by up to four processes. The place of one
// that is to come back later is nil.
type role struct {
	name    string
	members []*monitor
}

// chaos is the disturbed run.
type chaos struct {
	*killRun
	roles    []*role
	deaths   []death
	restarts int
	crashes  int // those restarts that were kill -9
	stops    int
	joins    int
	leaves   int
	atWork   int         // disturbances while something was left to do
	happened []time.Time // when each disturbance began
}

// run disturbs in a random order, then lets the monitor get to its end.
func (x *chaos) run() {
	plan := x.plan()
	x.limit("intake", math.Ceil(x.bytes()/(3*float64(len(plan)))))
	finished := x.finished("b")
	for i, disturb := range plan {
		x.resize(x.size(i, len(plan)))
		x.pause(time.Second)
		if x.progress("b") < x.goal {
			x.atWork++
		}
		from := time.Now()
		x.happened = append(x.happened, from)
		what := disturb()
		x.t.Logf("%s, %.1f s, at %.0f %% of the work", what, time.Since(from).Seconds(), 100*float64(x.progress("b"))/float64(x.goal))
	}
	x.resize(1)
	x.limit("intake", 0)
	await(x.t, "the disturbed monitors to tell all", finished)
	for _, ro := range x.roles {
		for _, m := range ro.members {
			x.leave(m)
		}
	}
}

// leave asks a member to stop, which may have hardly begun.
func (x *chaos) leave(m *monitor) {
	x.t.Helper()
	m.signal(syscall.SIGTERM)
	await(x.t, "a member to leave", func() bool { return !m.running() })
	if m.err == nil {
		m.dead = true
	} else if status, ok := m.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGTERM {
		x.t.Errorf("a member ended with %v:\n%s", m.err, m.text())
	}
}

// bytes is about how much there is to read.
func (x *chaos) bytes() (sum float64) {
	for _, c := range x.traffic.feeds {
		sum += float64(c.Bytes + 30*c.Arrivals())
	}
	return sum
}

// plan is all disturbances: kills and stops in random order, and restarts of the
// broker spread among them. Each says what it did.
func (x *chaos) plan() []func() string {
	var out []func() string
	for range *chaosKills {
		out = append(out, x.killOne)
	}
	for range *chaosStops {
		out = append(out, x.stopOne)
	}
	x.rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	all := len(out) + *chaosRestarts
	for i := range *chaosRestarts {
		out = slices.Insert(out, (i*all+all/2)/(*chaosRestarts), x.restart)
	}
	return out
}

// size is how many members each role has at step i of n: 1 to 4 and back.
func (x *chaos) size(i, n int) int {
	up := min(2*i, 2*(n-1-i))
	return 1 + min(mostMembers-1, up*mostMembers/n)
}

// resize starts and stops members until each role has n, and brings back those
// that were killed.
func (x *chaos) resize(n int) {
	for _, ro := range x.roles {
		for len(ro.members) > n {
			last := ro.members[len(ro.members)-1]
			ro.members = ro.members[:len(ro.members)-1]
			if last != nil {
				x.leave(last)
			}
			x.leaves++
			x.happened = append(x.happened, time.Now())
		}
		for i := range n {
			if i == len(ro.members) {
				ro.members = append(ro.members, nil)
				x.joins++
				x.happened = append(x.happened, time.Now())
			}
			if ro.members[i] == nil {
				ro.members[i] = x.member("b", ro.name, i+1)
			}
		}
	}
}

// pause makes the moment random: what happens then depends on nothing else.
func (x *chaos) pause(most time.Duration) {
	<-time.After(time.Duration(x.rng.Int64N(int64(most))))
}

// pick returns a member, of one role after the other.
func (x *chaos) pick(turn int) (ro *role, i int) {
	ro = x.roles[turn%len(x.roles)]
	return ro, x.rng.IntN(len(ro.members))
}

// killOne kills a member, every other one of a role only when it owns lanes, the
// others whatever they are at. It starts it again at once, or, where others are
// left to take over, some time later.
func (x *chaos) killOne() string {
	ro, i := x.pick(x.kills)
	m := ro.members[i]
	d := death{group: "b-" + ro.name}
	owner := x.kills/len(x.roles)%2 == 0
	await(x.t, "a member to own lanes", func() bool {
		d.lanes = x.lanesOf(d.group, memberName(i+1))
		return !owner || len(d.lanes) > 0 || !m.running()
	})
	m.kill()
	d.at = time.Now()
	x.kills++
	x.deaths = append(x.deaths, d)
	ro.members[i] = nil
	if len(ro.members) == 1 || x.rng.IntN(3) > 0 {
		ro.members[i] = x.member("b", ro.name, i+1)
	}
	return fmt.Sprintf("killed %s %d of %d with %d lanes", ro.name, i+1, len(ro.members), len(d.lanes))
}

// restart ends the broker, every other time by kill -9, starts it again, and
// gives the members a while to go on: what meets nothing at work disturbs nothing.
func (x *chaos) restart() string {
	if x.restarts%2 == 0 {
		x.broker.Kill()
		x.crashes++
	} else {
		x.broker.Stop()
	}
	x.broker.Restart(x.t)
	x.restarts++
	back, from := time.Now(), x.progress("b")
	await(x.t, "the members to go on", func() bool {
		return x.progress("b") > from || time.Since(back) > 2*chaosSpell
	})
	return "restarted the broker"
}

// stopOne stops a member like a machine that sleeps, until its group has given
// it up, and wakes it again: it must go on, and commit nothing of what it held.
func (x *chaos) stopOne() string {
	ro, i := x.pick(x.stops)
	m := ro.members[i]
	m.signal(syscall.SIGSTOP)
	asleep := time.Now()
	await(x.t, "the group to give up a sleeping member", func() bool {
		return time.Since(asleep) > chaosSpell*3/2 && !slices.Contains(x.slots("b-"+ro.name), memberName(i+1))
	})
	x.stops++
	m.signal(syscall.SIGCONT)
	return fmt.Sprintf("stopped %s %d of %d and woke it", ro.name, i+1, len(ro.members))
}

// report prints the figures, one line each.
func (x *chaos) report() {
	took, none := x.takeovers(x.deaths...)
	t := x.t
	figures.Tell(t, "chaos: %d kill -9, %d broker restarts of which %d kill -9, %d SIGSTOPs past the session; %d of these while work was left",
		x.kills, x.restarts, x.crashes, x.stops, x.atWork)
	figures.Tell(t, "chaos: 1 to %d members of each role and back: %d joined, %d left", mostMembers, x.joins, x.leaves)
	for _, ro := range x.roles {
		of := took["b-"+ro.name]
		if len(of) == 0 {
			t.Errorf("no killed member of %s owned lanes", ro.name)
			continue
		}
		t.Logf("takeovers of %s, in order: %v", ro.name, of)
		calm := slices.DeleteFunc(slices.Clone(of), func(k takeover) bool { return !k.calm(x.happened) })
		figures.Tell(t, "chaos: takeover of %s: %s; of those that nothing else disturbed: %s (%d of %d killed members owned lanes)",
			ro.name, spread(of), spread(calm), len(of), len(of)+none["b-"+ro.name])
	}
	if x.kills != *chaosKills || x.restarts != *chaosRestarts || x.stops != *chaosStops {
		t.Error("not all disturbances happened")
	}
	if x.atWork < len(x.deaths)/2 {
		t.Errorf("only %d disturbances met any work", x.atWork)
	}
}

// memberName names a member of a role.
func memberName(n int) string { return kafka.ClientID + fmt.Sprint(n) }
