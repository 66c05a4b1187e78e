package score

import (
	"math"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// hourly are the starts of n windows of an hour.
func hourly(n int) []feedgauge.Instant {
	var out []feedgauge.Instant
	for i := range n {
		out = append(out, feedgauge.Instant(i)*hour)
	}
	return out
}

func low(hours ...int) []Alarm {
	var out []Alarm
	for _, h := range hours {
		out = append(out, Alarm{feedgauge.Instant(h) * hour, feedgauge.SideLow})
	}
	return out
}

func label(start, end int, kind string) Label {
	return Label{feedgauge.Instant(start) * hour, feedgauge.Instant(end) * hour, kind}
}

// TestScore: who finds what, on one feed of a thousand hours.
func TestScore(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		labels    []Label
		alarms    []Alarm
		wantFalse int
		wantFound int
	}{
		{"nothing", []Label{label(100, 110, "silence")}, nil, 0, 0},
		{"in time", []Label{label(100, 110, "silence")}, low(103), 0, 1},
		{"one window late", []Label{label(100, 110, "silence")}, low(110), 0, 1},
		{"two windows late", []Label{label(100, 110, "silence")}, low(111), 1, 0},
		{"already running", []Label{label(100, 110, "silence")}, low(97, 102), 1, 0},
		{"another side", []Label{label(100, 110, "spike3")}, low(103), 0, 0},
		{"one episode", nil, low(10, 14, 20, 26), 1, 0},
		{"two episodes", nil, low(10, 17), 2, 0},
		{"a day and more", nil, low(0, 6, 12, 18, 24, 30, 36, 42, 48), 3, 0},
		{"both sides", nil, append(low(10), Alarm{11 * hour, feedgauge.SideHigh}), 2, 0},
		{"neutral", []Label{label(100, 110, "recovery"), label(200, 210, "real_holiday"), label(0, 50, "warmup")}, low(40, 105, 205), 0, 0},
		{"before the warm-up ends", []Label{label(0, 50, "warmup"), label(20, 30, "silence")}, low(25), 0, 0},
	} {
		r := Score([]Feed{{Name: "f", Windows: hourly(1000), Labels: tt.labels, Alarms: tt.alarms}})
		found := 0
		for _, k := range r.Kinds {
			found += k.Found
		}
		if r.False != tt.wantFalse || found != tt.wantFound {
			t.Errorf("%s: %d false, %d found, want %d and %d", tt.name, r.False, found, tt.wantFalse, tt.wantFound)
		}
	}
}

func TestScoreNumbers(t *testing.T) {
	t.Parallel()
	labels := []Label{label(100, 110, "silence"), label(200, 210, "silence"), label(300, 468, "shift_down50"), label(500, 524, "holiday_like"), label(600, 601, "real_outage")}
	r := Score([]Feed{
		{Name: "a", Windows: hourly(1000), Labels: labels, Alarms: append(low(102, 350, 510, 600, 800), Alarm{205 * hour, feedgauge.SideHigh})},
		{Name: "b", Windows: hourly(500)},
	})
	months := float64(1000-10-10-168-24-1+500) * hour / month
	p := 1 - math.Exp(-1/(float64(1000-10-10-168-24-1)*hour/month)*168*hour/month)
	for _, x := range []struct {
		what      string
		got, want float64
	}{
		{"months", r.Months, months},
		{"false rate", r.FalseRate(), 1 / months},
		{"silence", r.Rate("silence"), 0.5},
		{"fast", r.Fast(), 0.5},
		{"all", r.All(), 2.0 / 3},
		{"delay", r.Delay("silence"), 2},
		{"slow", r.SlowAboveChance(), 1}, // (1-p)/(1-p)
		{"chance", r.scale, 1 - p},
		{"holidays", float64(r.Holidays[0]), 1},
		{"outages", float64(r.Real["real_outage"][0]), 1},
		{"episodes", r.Episodes, 1}, // 1, 1 and 1 in three faults
	} {
		if math.Abs(x.got-x.want) > 1e-12 {
			t.Errorf("%s: %v, want %v", x.what, x.got, x.want)
		}
	}
	if name, _ := r.Worst(); name != "a" {
		t.Errorf("worst is %q", name)
	}
}

func TestReadLabels(t *testing.T) {
	t.Parallel()
	got, err := ReadLabels(strings.NewReader("feed,start,end,kind\na,1970-01-01T00:00:00Z,1970-01-01T01:00:00Z,silence\n"))
	if err != nil || len(got["a"]) != 1 || got["a"][0] != label(0, 1, "silence") {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"feed,start,end,kind\na,b,c,d\n", "feed,start,end,kind\na,1970-01-01T00:00:00Z,c,d\n", "a,b\n"} {
		if _, err := ReadLabels(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
