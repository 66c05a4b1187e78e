package inspect

import (
	"regexp"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/format"
	"github.com/feedgauge/feedgauge/processors/profile"
)

// Time is where events tell their time, and how.
type Time struct {
	Field  string `json:"field"`
	Layout string `json:"layout"` // as the option time_layout has it
	Zone   string `json:"zone"`   // empty where none is told
}

// timeNames are names of fields with the time of an event, the likeliest first.
var timeNames = []string{
	"@timestamp", "timestamp", "ts", "time", "eventTime", "EventTime", "TimeCreated", "TimeCreated.SystemTime", "requestReceivedTimestamp", "stageTimestamp",
	"receive_time", "generated_time", "unixTime", "start", "rt", "date", "datetime", "asctime", "t", "msg",
}

// time finds the field with the event's time.
func (t *table) time() Time {
	for _, name := range timeNames {
		if c := t.byName[name]; c != nil && c.isTime(t.events) {
			return c.time()
		}
	}
	for _, c := range t.order {
		if c.isTime(t.events) {
			return c.time()
		}
	}
	return Time{}
}

// retime reads the times of events by a format that was not told where they are.
func (t *table) retime(in *Input, cfg feedgauge.FormatConfig, at Time) {
	c, ok := cfg.(interface{ Common() *format.Options })
	if !ok || at.Layout == "" {
		return
	}
	c.Common().Time, c.Common().TimeLayout = at.Field, at.Layout
	checker, err := cfg.Build(feedgauge.Env{})
	if err != nil {
		return // a name that the option does not take
	}
	(&attempt{checker: checker}).run(in, t.clock)
}

// isTime reports whether the field tells a time in nearly all events.
func (c *column) isTime(events int) bool {
	return 10*c.filled >= 9*events && events > 0 && c.most(profile.Shape.IsTime)
}

func (c *column) time() Time {
	var main profile.Shape
	for s, n := range c.shapes {
		if n > c.shapes[main] || n == c.shapes[main] && s < main {
			main = s
		}
	}
	zone := zoneOf(c.sample)
	return Time{c.Name, layoutOf(main, c.sample, zone), zone}
}

var offset = regexp.MustCompile(`(?:\d\d|\.\d+) ?(Z|[+-]\d\d:?\d\d)$`)

// zoneOf is the zone that a time ends in.
func zoneOf(s string) string {
	if m := offset.FindStringSubmatch(s); m != nil {
		if m[1] == "Z" {
			return "UTC"
		}
		return m[1]
	}
	if strings.HasSuffix(s, " GMT") || strings.HasSuffix(s, " UTC") {
		return "UTC"
	}
	return ""
}

// layoutOf names the notation of a time.
func layoutOf(s profile.Shape, sample, zone string) string {
	switch s {
	case profile.Epoch:
		whole, _, _ := strings.Cut(sample, ".")
		return map[int]string{10: "epoch", 13: "epoch_ms", 16: "epoch_us", 19: "epoch_ns"}[len(whole)]
	case profile.TimeISO:
		if zone != "" {
			return "rfc3339"
		}
		return "iso8601"
	case profile.TimeSpace:
		return "iso8601"
	case profile.TimeSlash:
		return "%Y/%m/%d %H:%M:%S"
	case profile.TimeAccess:
		return "clf"
	case profile.TimeSyslog:
		return "syslog"
	case profile.TimeMail:
		return "%a, %d %b %Y %H:%M:%S"
	case profile.Date:
		if strings.Contains(sample, "/") {
			return "%Y/%m/%d"
		}
		return "%Y-%m-%d"
	case profile.DateLocal:
		sep := sample[2:3]
		return "%d" + sep + "%m" + sep + "%Y"
	case profile.Time:
		return "%H:%M:%S"
	default:
		return ""
	}
}
