package watch_test

import (
	"fmt"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/watch"
)

// A lane that nobody speaks for, or that stands still, keeps a source from being
// judged. After a while that is told, and who holds it.
func TestHeldWatermark(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		lanes []feedgauge.Instant // where the lanes stand while it is held
		want  string
	}{
		"nobody speaks for a lane": {[]feedgauge.Instant{feedgauge.After}, "nobody has spoken for partition 1 of topic a"},
		"a lane stands still": {
			[]feedgauge.Instant{feedgauge.After, epoch},
			"partition 1 of topic a holds it, which is known up to " + epoch.String() + ": perhaps a transaction there is open, or its broker away",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, said := newBench(t), ""
			tell := func(at feedgauge.Instant, lanes ...feedgauge.Instant) {
				tr := &feedgauge.Trailer{Topics: []feedgauge.TopicMark{{Source: "raw", Topic: "a", Partitions: 2}}}
				for i, stands := range lanes {
					tr.Lanes = append(tr.Lanes, feedgauge.LaneMark{
						Lane: feedgauge.Lane{Topic: "a", Partition: int32(i)}, Watermark: min(stands, at), First: epoch,
					})
				}
				b.Fold(&feedgauge.Entry{Offset: b.offset, Time: at, Trailer: tr}, watch.Out{Step: func(s *feedgauge.Step, _ bool) {
					said += fmt.Sprintf("%v %s at %v: %s\n", s.Activity, s.Rule, relative(s.At), s.Message)
				}})
				b.offset++
			}
			at := epoch
			for ; at <= epoch+10*minute; at += minute / 4 {
				tell(at, tt.lanes...)
			}
			if said != "" {
				t.Fatalf("too early: %s", said)
			}
			tell(at, tt.lanes...)
			tell(at+minute/4, tt.lanes...)
			tell(at+minute/2, feedgauge.After, feedgauge.After)
			want := "open held at 10m15s: no feed of source raw can be judged: its watermark has stood still for 10m0s; " + tt.want +
				"\nclose held at 10m45s: feeds of source raw can be judged again: its watermark moves\n"
			if said != want {
				t.Errorf("told\n%s\nwant\n%s", said, want)
			}
		})
	}
}
