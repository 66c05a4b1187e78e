package engine_test

import (
	"cmp"
	"flag"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/figures"
	"github.com/feedgauge/feedgauge/internal/journal"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/kafkatest"
)

const killConfig = `
kafka {
  brokers      = ["BROKER"]
  prefix       = "PREFIX"
  partitions   = 5
  replication  = 1
  instance     = "INSTANCE"
  metadata_age = "1s"
}
metrics { listen = "off" }

source "kafka" "raw" {
  topics = ["exact-mid", "exact-slow"]
  start  = "earliest"
  feed   = ["key"]
}
source "kafka" "other" {
  topics = ["exact-other"]
  start  = "earliest"
  feed   = ["key"]
}

class "fast" {
  source   = "raw"
  match    = ["fast-*"]
  every    = "3s"
  lateness = "1s"
  period   = "10s"
  RULES
}
class "mid" {
  source   = "raw"
  match    = ["mid-*"]
  every    = "10s"
  lateness = "2s"
  period   = "1m"
  RULES
}
class "slow" {
  source   = "raw"
  match    = ["slow-*"]
  every    = "30s"
  lateness = "1s"
  period   = "90s"
  RULES
}
class "other" {
  source   = "other"
  match    = ["*"]
  every    = "20s"
  lateness = "5s"
  period   = "2m"
  RULES
}
`

const killRules = `
  format "json" {}
  forecast "trend" { factor = 0.5 }
  rule "silent" {
    when     = "silence.age > feed.period"
    severity = "high"
    say      = "{feed.name} has been silent for {silence.age}, {feed.period} is its limit"
  }
  rule "empty" {
    when = "window.arrivals > 0 && window.blank == window.arrivals"
  }
  rule "short" {
    when = "window.events > 0 && window.events < 0.75 * forecast.events.expected"
    for  = 2
  }
  rule "malformed" {
    when = "window.errors > 0.05 * window.arrivals"
    say  = "{window.errors} of {window.arrivals} records of {feed.name} broke the format"
  }
`

// killSeed is that of a run to be repeated: the same traffic and the same plan of
// kills, though never quite the same moments.
var killSeed = flag.Uint64("kill.seed", 0, "seed of the kill test, 0 for a new one")

// TestExactlyOnce produces a million records, has them watched by an undisturbed
// monitor and by one that is killed over and over, and compares.
//
// tallies: under read_committed both journals add up to what was produced, feed
// by feed and number by number: nothing is lost, nothing is counted twice,
// nothing of an aborted transaction is counted at all.
//
// alerts, history: both told the same, byte for byte, each step once.
//
// replay: the journal alone tells it again, byte for byte, also in a fold that is
// cut, dropped and restored at random.
func TestExactlyOnce(t *testing.T) {
	t.Parallel()
	c := onCluster(t, kafkatest.Start(t,
		// Limits hold within two seconds instead of eleven.
		kafkatest.Config("quota.window.num", "2"), kafkatest.Config("quota.window.size.seconds", "1")))
	const records = 1_000_000
	seed := cmp.Or(*killSeed, uint64(time.Now().UnixNano()))
	t.Logf("seed %d: run it again with -kill.seed", seed)
	began := time.Now()
	tr := produceTraffic(c, "exact", seed, records)
	r := &killRun{cluster: c, t: t, rng: rand.New(rand.NewPCG(seed, 2)), traffic: tr, program: program(t)}
	r.horizon = feedgauge.InstantOf(tr.start.Add(tr.length + 4*time.Minute).Truncate(time.Minute))
	t.Logf("produced %d records and %d that were aborted in %.1f s", tr.records, tr.aborted, time.Since(began).Seconds())

	r.undisturbed()
	t.Logf("undisturbed after %.1f s", time.Since(began).Seconds())
	r.disturbed(10)
	t.Logf("disturbed after %.1f s", time.Since(began).Seconds())

	a, b := r.told("a"), r.told("b")
	t.Run("tallies", func(t *testing.T) {
		compareTallies(t, "undisturbed", tr, a)
		compareTallies(t, "disturbed", tr, b)
	})
	t.Run("alerts", func(t *testing.T) {
		plentiful(t, a)
		compareTold(t, "alerts", a.alerts, b.alerts)
		compareTold(t, "history", a.history, b.history)
	})
	t.Run("replay", func(t *testing.T) { replays(t, r, a) })
	if !t.Failed() {
		figures.Tell(t, "kill -9: %d records, %d aborted, %d kills, %d zombie, %d tallies, %d alerts, %d windows, differences 0, %.1f seconds",
			tr.records, tr.aborted, r.kills, r.zombies, b.tallies, len(b.order), b.windows, time.Since(began).Seconds())
	}
}

// killRun is one pass of the test.
type killRun struct {
	*cluster
	t       *testing.T
	rng     *rand.Rand
	traffic *traffic
	program string
	horizon feedgauge.Instant // a window end behind all that is compared
	goal    int64             // what progress shows when all is done
	kills   int
	zombies int
}

func (r *killRun) launch(prefix, instance string) *monitor {
	return launch(r.t, r.program, configure(r.t, killConfig,
		"RULES", killRules, "BROKER", r.brokers[0], "PREFIX", prefix, "INSTANCE", instance))
}

// undisturbed runs a monitor to the end. It must have read exactly what was
// produced.
func (r *killRun) undisturbed() {
	m := r.launch("a", "one")
	await(r.t, "the undisturbed monitor to tell all", r.finished("a"))
	r.goal = r.progress("a")
	got := m.stop()
	var rejected int64
	for _, n := range r.traffic.rejected {
		rejected += n
	}
	if got.read != r.traffic.records || got.rejected != rejected {
		r.t.Errorf("read %d and rejected %d of %d records, of which %d should be", got.read, got.rejected, r.traffic.records, rejected)
	}
}

// progress grows as the monitor commits: raw records read, windows told.
func (r *killRun) progress(prefix string) int64 {
	return r.committed(prefix+"-intake") + 2*r.written(prefix+"."+kafka.History)
}

// finished returns a condition: intake has nothing left to read, and the window
// that ends at the horizon is closed for every feed, so that everything due up
// to it has been judged.
func (r *killRun) finished(prefix string) func() bool {
	raw := []string{"exact-mid", "exact-slow", "exact-other"}
	left := make(map[string]bool)
	for id := range r.traffic.feeds {
		left[id.Identity()] = true
	}
	next := make(map[int32]int64) // what has been seen of the history
	return func() bool {
		if r.committed(prefix+"-intake") < r.written(raw...) {
			return false
		}
		ends, err := kafka.Ends(r.t.Context(), r.adm, prefix+"."+kafka.History)
		if err != nil {
			r.t.Fatal(err)
		}
		for l, e := range ends {
			span := kafka.Span{Topic: l.Topic, Partition: l.Partition, From: max(next[l.Partition], e.Start), To: e.Stable}
			err := kafka.ReadPartition(r.t.Context(), r.brokers, span, func(rec *kgo.Record) error {
				w, err := journal.DecodeClosed(rec.Value)
				if err == nil && w.Window.End >= r.horizon {
					delete(left, string(rec.Key))
				}
				return err
			}, kgo.ClientID("test"))
			if err != nil {
				r.t.Fatal(err)
			}
			next[l.Partition] = e.Stable
		}
		return len(left) == 0
	}
}

// disturbed runs monitors that are killed n times: right after a start, while
// they join or restore, and while they work, at random moments. They may read
// only so fast, or they would be done before. The first is stopped once like a
// machine that sleeps, and wakes up when another has taken its place. A second
// one joins in the middle, and both go on to the end. The broker is killed once
// too, so that transactions are cut off on its side.
func (r *killRun) disturbed(n int) {
	r.slow(6 << 20)
	members := []*monitor{r.launch("b", "one")}
	finished := r.finished("b")
	for r.kills < n {
		at := r.rng.IntN(len(members))
		r.moment(members[at])
		members[at].kill()
		r.kills++
		dead := r.memberIDs("b")
		members[at] = r.launch("b", []string{"one", "two"}[at])
		switch r.kills {
		case 3:
			members[0] = r.zombie(members[0], dead)
		case 5:
			members = append(members, r.launch("b", "two"))
		case 7:
			r.broker.Kill()
			r.broker.Restart(r.t)
			r.t.Log("killed the broker")
		}
	}
	r.slow(0)
	await(r.t, "the disturbed monitors to tell all", finished)
	for _, m := range members {
		m.stop()
	}
}

// moment waits for a random moment to kill m: after a time since its start in
// which it joins and restores, or when it has got on by a random share of what
// is left, and a little later.
func (r *killRun) moment(m *monitor) {
	from := r.progress("b")
	pause := time.Duration(r.rng.IntN(400)) * time.Millisecond
	if r.kills < 2 || r.rng.IntN(3) == 0 {
		pause = time.Duration(r.rng.IntN(2500)) * time.Millisecond
	} else {
		share := 2 * r.rng.Float64() / float64(12-r.kills)
		until := from + 1 + int64(share*float64(r.goal-from))
		await(r.t, "the monitor to get on", func() bool {
			return r.progress("b") >= until || !m.running()
		})
	}
	over := time.After(pause)
	await(r.t, "a random moment", func() bool {
		select {
		case <-over:
			return true
		default:
			return !m.running()
		}
	})
	r.t.Logf("kill %d at %.0f %% of the work", r.kills+1, 100*float64(r.progress("b"))/float64(r.goal))
}

// zombie stops a monitor that works without ending it, lets another take its
// name, and wakes it: it must see that it has been replaced, and leave. Dead are the
// members of its groups before it: what those had sent may be committed still, and one
// that was stopped before it took over in both roles would be the later of the two.
func (r *killRun) zombie(old *monitor, dead map[string]bool) *monitor {
	await(r.t, "the monitor to join both groups", func() bool {
		alive := 0
		for id := range r.memberIDs("b") {
			if !dead[id] {
				alive++
			}
		}
		return alive >= 2 || !old.running()
	})
	r.further(old)
	r.further(old)
	old.signal(syscall.SIGSTOP)
	next := r.launch("b", "one")
	r.further(next)
	old.signal(syscall.SIGCONT)
	r.zombies++
	await(r.t, "the replaced monitor to leave", func() bool { return !old.running() })
	if !old.says("same instance name") {
		r.t.Errorf("the replaced monitor does not say why it left:\n%s", old.text())
	}
	return next
}

// memberIDs are the ids of the members of the groups of intake and watch. One that takes
// the place of another has another id.
func (r *killRun) memberIDs(prefix string) map[string]bool {
	groups, err := r.adm.DescribeGroups(r.t.Context(), prefix+"-intake", prefix+"-watch")
	if err != nil {
		r.t.Fatal(err)
	}
	ids := make(map[string]bool)
	for _, g := range groups {
		for _, m := range g.Members {
			ids[m.MemberID] = true
		}
	}
	return ids
}

// further waits until the only monitor that runs has committed something.
func (r *killRun) further(m *monitor) {
	from := r.progress("b")
	await(r.t, "the monitor to get on", func() bool { return r.progress("b") > from || !m.running() })
}
