package engine_test

import (
	"cmp"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/feedgauge/feedgauge"
)

// buildMember builds the process that the chaos test runs.
func buildMember(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "member")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./testdata/member").CombinedOutput()
	if err != nil {
		t.Fatalf("building a member: %v\n%s", err, out)
	}
	return path
}

// member starts the n-th member of a role, or of all roles for "", with timeouts
// short enough to wait for.
func (r *killRun) member(prefix, role string, n int) *monitor {
	r.t.Helper()
	file := configure(r.t, killConfig,
		"RULES", killRules, "BROKER", r.brokers[0], "PREFIX", prefix, "INSTANCE", memberName(n))
	args := []string{"-config", file, "-session", chaosSpell.String()}
	if role != "" {
		args = append(args, "-only", role, "-client", role, "-fetch", "16384")
	}
	return begin(r.t, file, exec.Command(r.program, args...))
}

// death is a member that was killed, with the lanes it owned.
type death struct {
	group string
	at    time.Time
	lanes []feedgauge.Lane
}

// slots are the static members of a group.
func (c *cluster) slots(group string) (out []string) {
	groups, err := c.adm.DescribeGroups(c.t.Context(), group)
	if err != nil {
		return nil
	}
	for _, m := range groups[group].Members {
		if m.InstanceID != nil {
			out = append(out, trimWorker(*m.InstanceID))
		}
	}
	return out
}

// trimWorker takes the number of the worker off a static member id.
func trimWorker(id string) string { return id[:len(id)-len("-0")] }

// lanesOf are the lanes that a member of a group owns, as its group says.
func (c *cluster) lanesOf(group, slot string) (out []feedgauge.Lane) {
	groups, err := c.adm.DescribeGroups(c.t.Context(), group)
	if err != nil {
		return nil
	}
	for _, m := range groups[group].Members {
		assigned, ok := m.Assigned.AsConsumer()
		if !ok || m.InstanceID == nil || trimWorker(*m.InstanceID) != slot {
			continue
		}
		for _, t := range assigned.Topics {
			for _, p := range t.Partitions {
				out = append(out, feedgauge.Lane{Topic: t.Topic, Partition: p})
			}
		}
	}
	return out
}

// takeover is how long lanes were without a living owner, from when.
type takeover struct {
	from time.Time
	took time.Duration
}

// calm reports whether nothing else happened while the lanes were taken over.
func (t takeover) calm(others []time.Time) bool {
	for _, at := range others {
		if at.After(t.from) && at.Before(t.from.Add(t.took)) {
			return false
		}
	}
	return true
}

// spread tells the median and the longest of some takeovers.
func spread(of []takeover) string {
	if len(of) == 0 {
		return "none"
	}
	slices.SortFunc(of, func(a, b takeover) int { return cmp.Compare(a.took, b.took) })
	return fmt.Sprintf("%d, median %.1f s, worst %.1f s", len(of), of[len(of)/2].took.Seconds(), of[len(of)-1].took.Seconds())
}

// takeovers returns, by group, how long it took from each death until every lane
// of the dead was part of a committed transaction again, and how many of the dead
// owned none. Each transaction commits the offset of every lane its member owns,
// so the log of the groups' offsets tells.
func (c *cluster) takeovers(deaths ...death) (took map[string][]takeover, none map[string]int) {
	c.t.Helper()
	type place struct {
		group string
		lane  feedgauge.Lane
	}
	commits := make(map[place][]time.Time)
	for _, rec := range c.read("__consumer_offsets") {
		var key kmsg.OffsetCommitKey
		var value kmsg.OffsetCommitValue
		if len(rec.Key) < 2 || rec.Key[0] != 0 || rec.Key[1] > 1 || key.ReadFrom(rec.Key) != nil || value.ReadFrom(rec.Value) != nil {
			continue // of a group, not of an offset
		}
		at := place{key.Group, feedgauge.Lane{Topic: key.Topic, Partition: key.Partition}}
		commits[at] = append(commits[at], time.UnixMilli(value.CommitTimestamp))
	}
	took, none = make(map[string][]takeover), make(map[string]int)
	for _, d := range deaths {
		if len(d.lanes) == 0 {
			none[d.group]++
			continue
		}
		var worst time.Duration
		for _, l := range d.lanes {
			again := false
			for _, at := range commits[place{d.group, l}] {
				if at.After(d.at) {
					worst, again = max(worst, at.Sub(d.at)), true
					break
				}
			}
			if !again {
				c.t.Errorf("nobody took over lane %s/%d of group %s", l.Topic, l.Partition, d.group)
			}
		}
		took[d.group] = append(took[d.group], takeover{d.at, worst})
	}
	return took, none
}
