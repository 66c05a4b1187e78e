package doctor

import (
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/watch"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
)

// told is one line for each check: its sign and a part of what it says. Findings have
// to say what to do.
func told(t *testing.T, name string, got []Check, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d checks, want %d: %+v", name, len(got), len(want), got)
		return
	}
	for i, c := range got {
		sign := "✗ "
		if c.OK {
			sign = "✓ "
		}
		wanted, sub, _ := strings.Cut(want[i], " ")
		if wanted+" " != sign || !strings.Contains(c.Says, sub) {
			t.Errorf("%s: %s%s\nwant %s", name, sign, c.Says, want[i])
		}
		if c.OK != (c.Do == "") {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestStamps(t *testing.T) {
	t.Parallel()
	of := func(kinds ...string) []topic {
		var out []topic
		for i, k := range kinds {
			out = append(out, topic{name: string(rune('a' + i)), stamps: k, hidden: k == ""})
		}
		return out
	}
	const broker, producers = "LogAppendTime", "CreateTime"
	for name, tt := range map[string]struct {
		slack  time.Duration // as configured, 0 for the default
		topics []topic
		want   string
	}{
		"broker":                       {0, of(broker, broker), "✓ 2 topics, stamped by the broker: 1s is waited"},
		"producers":                    {0, of(producers), "✓ 1 topic, stamped by producers (CreateTime): 30s is waited"},
		"both":                         {0, of(broker, producers, broker), "✓ 3 topics: 2 stamped by the broker, 1 by producers (CreateTime), such as b; all of the source waits 30s"},
		"hidden":                       {0, of("", ""), "✓ grant DESCRIBE_CONFIGS"},
		"some hidden":                  {0, of("", broker), "✓ stamped by the broker"},
		"a short slack":                {time.Second, of(producers, broker), "✗ producers stamp the records of a (CreateTime): with slack = 1s"},
		"a short slack for the broker": {time.Second, of(broker), "✓ stamped by the broker: 1s"},
		"five seconds":                 {5 * time.Second, of(producers), "✓ 5s is waited"},
	} {
		s := &pipeline.Source{Name: "raw", SlackCreate: 30 * time.Second, SlackAppend: time.Second}
		if tt.slack > 0 {
			s.SlackCreate, s.SlackAppend = tt.slack, tt.slack
		}
		told(t, name, stamps(s, tt.topics), tt.want)
	}
}

func TestRetention(t *testing.T) {
	t.Parallel()
	s := &pipeline.Source{Name: "raw", SlackCreate: 30 * time.Second}
	classes := []*pipeline.Class{
		{Name: "web", Source: "raw", Every: time.Minute, Lateness: 30 * time.Second},
		{Name: "other", Source: "elsewhere", Every: 30 * day},
	}
	batch := append(classes, &pipeline.Class{Name: "batch", Source: "raw", Every: day, Lateness: 2 * hour})
	for name, tt := range map[string]struct {
		classes []*pipeline.Class
		topic   topic
		want    []string
	}{
		"a week":         {classes, topic{retention: 7 * day}, nil},
		"for ever":       {batch, topic{retention: forever}, nil},
		"hidden":         {classes, topic{hidden: true}, nil},
		"an hour":        {classes, topic{name: "a", retention: hour}, []string{"✗ topic \"a\" keeps records for 1h only, by retention.ms: what comes while the monitor is down"}},
		"less than late": {batch, topic{name: "a", retention: day}, []string{"✗ class \"batch\" waits for records for 26h"}},
		"by size":        {classes, topic{name: "a", retention: 7 * day, bytes: 1 << 30, oldest: hour}, []string{"✗ keeps records for 1h only, by retention.bytes"}},
		"large enough":   {classes, topic{retention: 7 * day, bytes: 1 << 30, oldest: 2 * day}, nil},
		"short by age":   {classes, topic{retention: hour, bytes: 1 << 30, oldest: 2 * day}, []string{"✗ by retention.ms"}},
		"size for ever":  {classes, topic{retention: forever, bytes: 1 << 30, oldest: 5 * hour}, []string{"✗ keeps records for 5h only, by retention.bytes"}},
	} {
		told(t, name, retention(s, tt.classes, []topic{tt.topic}), tt.want...)
	}
}

func TestOwnTopics(t *testing.T) {
	t.Parallel()
	lanes := func(isr ...int) []kadm.PartitionDetail {
		var out []kadm.PartitionDetail
		for i, n := range isr {
			d := kadm.PartitionDetail{Partition: int32(i), Leader: 1, ISR: make([]int32, n)}
			if n == 0 {
				d.Leader = -1
			}
			out = append(out, d)
		}
		return out
	}
	fine := topic{name: "fg.x", retention: 7 * day, compactMax: forever, insync: 1, lanes: lanes(1, 1)}
	for name, tt := range map[string]struct {
		bare   string
		change func(*topic)
		want   []string
	}{
		"fine":               {kafka.Journal, func(*topic) {}, nil},
		"a short journal":    {kafka.Journal, func(d *topic) { d.retention = hour }, []string{"✗ what intake has counted is lost"}},
		"short alerts":       {kafka.Alerts, func(d *topic) { d.retention = hour }, []string{"✗ alerts are lost when deliver is down"}},
		"a short history":    {kafka.History, func(d *topic) { d.retention = hour }, nil},
		"a journal by size":  {kafka.Journal, func(d *topic) { d.bytes, d.oldest = 1<<20, 2*hour }, []string{"✗ keeps records for 2h only, by retention.bytes"}},
		"an eagerly cleaned": {kafka.State, func(d *topic) { d.compactMax = time.Minute }, []string{"✗ max.compaction.lag.ms=60000"}},
		"never cleaned late": {kafka.State, func(d *topic) { d.compactMax = day }, nil},
		"hidden":             {kafka.State, func(d *topic) { d.hidden, d.retention, d.compactMax = true, 0, 0 }, nil},
		"no leader":          {kafka.State, func(d *topic) { d.lanes = lanes(1, 0, 0) }, []string{"✗ no broker leads partition 1, 2"}},
		"out of sync":        {kafka.State, func(d *topic) { d.lanes, d.insync = lanes(2, 1), 2 }, []string{"✗ min.insync.replicas=2, and fewer replicas are in sync of partition 1"}},
	} {
		d := fine
		tt.change(&d)
		told(t, name, own(tt.bare, &d), tt.want...)
	}
}

func TestSkew(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_000_000, 0)
	for name, tt := range map[string]struct {
		asked, stamped, came time.Duration
		sure                 bool
		want                 string
	}{
		"alike":                     {0, time.Second, time.Second, true, "✓ agree within 2s"},
		"a little ahead":            {0, 3 * time.Second, time.Second, true, "✓ agree within 2s"},
		"ahead":                     {0, hour, 5 * time.Second, true, "✗ 59m55s ahead of ours"},
		"behind":                    {0, -hour, 5 * time.Second, true, "✗ 1h behind ours"},
		"behind, or on its way":     {0, time.Second, 5 * time.Second, false, "✓ agree"},
		"asked for too long before": {0, 30 * time.Second, 30 * time.Second, false, "✓ agree"},
	} {
		r := reading{asked: now.Add(tt.asked), stamped: now.Add(tt.stamped), came: now.Add(tt.came)}
		if r.sure() != tt.sure {
			t.Errorf("%s: sure is %v", name, r.sure())
		}
		told(t, name, []Check{skew(r)}, tt.want)
	}
}

func TestRestorable(t *testing.T) {
	t.Parallel()
	k := pipeline.Kafka{Prefix: "fg", Partitions: 2}
	ends := map[feedgauge.Lane]kafka.End{
		{Topic: "fg.journal", Partition: 0}: {Start: 100, High: 200, Stable: 200}, {Topic: "fg.journal", Partition: 1}: {Start: 0, High: 50, Stable: 50},
	}
	fine := &watch.Meta{Next: 150, ReplayFrom: 120, Partitions: 2}
	for name, tt := range map[string]struct {
		metas map[int32]*watch.Meta
		want  []string
	}{
		"nothing yet":       {nil, []string{"✓ nothing has been watched yet"}},
		"fine":              {map[int32]*watch.Meta{0: fine}, []string{"✓ written for 2 partitions"}},
		"another number":    {map[int32]*watch.Meta{0: fine, 1: {Next: 1, Partitions: 4}}, []string{"✗ the state of partition 1 was written for 4 partitions, and 2 are configured"}},
		"journal made anew": {map[int32]*watch.Meta{1: {Next: 60, ReplayFrom: 20, Partitions: 2}}, []string{"✗ which ends at 50"}},
		"not read in time":  {map[int32]*watch.Meta{0: {Next: 90, ReplayFrom: 80, Partitions: 2}}, []string{"✗ what intake may have counted in between is lost"}},
		"restore too late":  {map[int32]*watch.Meta{0: {Next: 150, ReplayFrom: 80, Partitions: 2}}, []string{"✗ wants the journal from 80, which begins at 100"}},
		"two":               {map[int32]*watch.Meta{0: {Next: 90, Partitions: 2}, 1: {Next: 60, Partitions: 2}}, []string{"✗ partition 0", "✗ partition 1"}},
	} {
		told(t, name, restorable(k, tt.metas, ends), tt.want...)
	}
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	id := func(name string) feedgauge.FeedID { return feedgauge.FeedID{Tenant: "main", Name: name} }
	web := &pipeline.Class{Name: "web", Source: "raw", Match: []string{"web-*"}}
	app := &pipeline.Class{Name: "app", Source: "raw", Match: []string{"app-*"}}
	there := known{source: "raw", seen: true}
	for name, tt := range map[string]struct {
		classes   []*pipeline.Class
		inventory map[string]string
		feeds     map[string]known
		want      []string
	}{
		"before it has run": {[]*pipeline.Class{web}, map[string]string{"web-1": "web"}, nil, []string{"✓ 1 feed in the inventory"}},
		"fine":              {[]*pipeline.Class{web}, nil, map[string]known{"web-1": there}, []string{"✓ 1 feed known, all taken"}},
		"no class":          {[]*pipeline.Class{web}, nil, map[string]known{"web-1": there, "db-1": there, "db-2": there}, []string{"✗ no class takes 2 of the feeds that deliver, so they are counted and never alarmed: main/db-1, main/db-2"}},
		"an idle class":     {[]*pipeline.Class{web, app}, nil, map[string]known{"web-1": there}, []string{"✗ 1 of the classes take no feed: app"}},
		"of the inventory":  {[]*pipeline.Class{web, app}, map[string]string{"x": "app"}, map[string]known{"web-1": there, "x": there}, []string{"✓ 2 feeds known"}},
		"never delivered":   {[]*pipeline.Class{web}, map[string]string{"web-2": "web"}, map[string]known{"web-1": there, "web-2": {source: "raw"}}, []string{"✗ 1 feeds of the inventory have never delivered: main/web-2"}},
		"not known at all":  {[]*pipeline.Class{web}, map[string]string{"web-3": "web"}, map[string]known{"web-1": there}, []string{"✗ never delivered: main/web-3"}},
		"another source":    {[]*pipeline.Class{web}, map[string]string{"web-1": "web"}, map[string]known{"web-1": {source: "cloud", seen: true}}, []string{"✗ no class takes 1", "✗ web-1 (class web, comes by source cloud)"}},
		"many":              {[]*pipeline.Class{web}, nil, map[string]known{"web-1": there, "a": there, "b": there, "c": there, "d": there, "e": there}, []string{"✗ main/d and 1 more"}},
	} {
		p := &pipeline.Pipeline{Classes: tt.classes, Feeds: make(map[feedgauge.FeedID]*pipeline.Feed)}
		for n, class := range tt.inventory {
			p.Feeds[id(n)] = &pipeline.Feed{ID: id(n), Class: class}
		}
		feeds := make(map[feedgauge.FeedID]known)
		for n, k := range tt.feeds {
			feeds[id(n)] = k
		}
		told(t, name, coverage(p, feeds), tt.want...)
	}
}

func TestBehind(t *testing.T) {
	t.Parallel()
	lane := func(commit, start, end int64) kadm.GroupLag {
		return kadm.GroupLag{"raw": {0: {Topic: "raw", Commit: kadm.Offset{At: commit}, Start: kadm.ListedOffset{Offset: start}, Lag: end - commit}}}
	}
	for name, tt := range map[string]struct {
		members int
		lag     kadm.GroupLag
		want    []string
	}{
		"nobody":       {0, nil, []string{"✓ intake is 0 records behind, nobody runs it"}},
		"behind":       {2, lane(5, 0, 12), []string{"✓ intake is 7 records behind, 2 members at work"}},
		"not begun":    {1, lane(-1, 50, 60), []string{"✓ intake"}},
		"lost records": {1, lane(5, 50, 60), []string{"✓ intake is 55 records behind", "✗ 45 records of raw were deleted by retention"}},
	} {
		told(t, name, behind("intake", tt.members, tt.lag), tt.want...)
	}
}
