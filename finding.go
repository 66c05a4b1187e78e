package feedgauge

import (
	"strings"
	"time"
)

// Status is the standing of a feed. A rule gives its own name as status of the
// feeds it finds, so the set is open; these are the names the shipped rules and
// the monitor itself use.
type Status string

// Statuses that a feed has of itself, whatever the rules say of it.
const (
	Learning   Status = "learning"   // too little is known to forecast
	OK         Status = "ok"         // nothing is wrong
	NeverSeen  Status = "never_seen" // should deliver, and never did
	Late       Status = "late"       // something is due, and may still come
	Recovering Status = "recovering" // good again after an episode, not for long enough to be trusted
	Unknown    Status = "unknown"    // cannot be judged
	Muted      Status = "muted"      // good, but its alerts are held back
)

// Statuses that the shipped rules give. StatusHigh and StatusTruncated have the
// prefix, since [High] is a severity and [Truncated] a reason.
const (
	Silent     Status = "silent"      // nothing arrives
	Empty      Status = "empty"       // what arrives has nothing in it
	HeaderOnly Status = "header_only" // a delivery with nothing but its header
	Short      Status = "short"       // less than forecast
	StatusHigh Status = "high"        // more than forecast
	Malformed  Status = "malformed"   // breaks the format
	Drifting   Status = "drifting"    // differs from what it used to be like
	WrongClock Status = "wrong_clock" // its events carry times that cannot be right
	Delayed    Status = "delayed"     // its events arrive later and later

	Duplicate       Status = "duplicate"  // a delivery that came before
	StatusTruncated Status = "truncated"  // a delivery that is cut off in a line
	Incomplete      Status = "incomplete" // a delivery of which less came than it announced
	Surplus         Status = "surplus"    // one of which more came
)

// Severity grades a finding.
type Severity string

// The severities a rule may have, in rising order.
const (
	Info     Severity = "info"
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Activity is what a step does to its finding.
type Activity uint8

// Steps of a finding, in the numbers of OCSF's activity_id.
const (
	Open   Activity = 1
	Update Activity = 2
	Close  Activity = 3
)

// String returns "open", "update" or "close".
func (a Activity) String() string {
	switch a {
	case Open:
		return "open"
	case Update:
		return "update"
	case Close:
		return "close"
	}
	return "unknown"
}

// Numbers are the measurements a step was decided on.
type Numbers struct {
	Window   Window // the window judged; zero where a deadline was
	Counts   Counts
	Forecast Forecast      // of events
	Readings Readings      // of other measures
	Last     Instant       // last arrival before the step's time, Before if none
	Silence  time.Duration // age of the last arrival at the step's time
	Period   time.Duration // the longest silence the feed is allowed
}

// Drift is one way in which the lines of a feed are no longer like those before.
type Drift struct {
	Kind      string  // field_missing, field_empty, type, layout, delimiter, mix or level
	Field     string  // where it is about one
	EventKind string  // where it is about one kind of event
	Before    float64 // share of events that were so as learnt
	After     float64 // share of those since
	Since     Instant // start of the window in which it began
	Text      string  // what has changed, in a few words
	Sample    string  // the beginning of a line that is so, as far as can be told
}

// Clocks is what the times that the events of a window carry say. A delay is the
// arrival less the event's own time; it is negative where the sender's clock is
// ahead.
type Clocks struct {
	Events   int64         // events whose time could be read
	Timeless int64         // events without such a time
	Future   int64         // events stamped more than five minutes ahead of their arrival
	Delay    time.Duration // the middle one of all delays
	Least    time.Duration // one in twenty is shorter
	Most     time.Duration // one in twenty is longer
}

// Skew is what is wrong with the times that events carry.
type Skew struct {
	Kind  string        // zone, year, ahead, or growing for a delay that grows
	Off   time.Duration // arrivals less times: negative where these are ahead
	Since Instant       // start of the window in which it began
	Text  string        // what is off and by how much, in plain words; empty for nothing
}

// Delivery is what is wrong with a delivery of a batch feed.
type Delivery struct {
	Kind Status // empty, header_only, duplicate, truncated, incomplete or surplus; "" for nothing
	Name string // as it was announced, empty if it was not or there were several
	Text string // what is wrong, in plain words and with numbers
}

// Step is one step of a finding. It holds nothing that depends on when or where
// the monitor ran, so a replay yields the same bytes.
type Step struct {
	UID      string // tenant/feed/rule/start of the opening window
	Sequence int    // 1 for the opening step
	Activity Activity
	Feed     FeedID
	Class    string
	Source   string
	Format   string
	Rule     string
	When     string // the rule's condition, as written
	Status   Status // of the feed, after this step
	Previous Status // of the feed, before it
	Severity Severity
	Message  string  // one plain sentence with reason and numbers
	Opened   Instant // due time of the opening step
	Since    Instant // when the condition began
	At       Instant // due time of this step
	End      Instant // when the episode ended; Before unless Activity is Close
	Numbers  Numbers
	Labels   map[string]string
	Owner    string
	Drifts   []Drift // of the feed's lines, where the rule looks at them
	Skews    []Skew  // of the times in events, where the rule looks at them

	Muted     bool   // found while the feed was muted: told as suppressed
	Retracted bool   // a close because it turned out never to have been so
	Who       string // on an update by a command, or of a mute: whose word it is
	Why       string
	Feeds     int // feeds concerned, about, where the finding is not of one feed; zero otherwise
}

// FindingUID returns the identity of a finding: tenant/feed/rule/window, with
// the separator and the escape itself percent-encoded in the first three.
func FindingUID(f FeedID, rule string, opening Window) string {
	return strings.Join([]string{escapeUID(f.Tenant), escapeUID(f.Name), escapeUID(rule), opening.Start.String()}, "/")
}

func escapeUID(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "%", "%25"), "/", "%2F")
}

// Closed is one closed window of one feed, for the history.
type Closed struct {
	Feed     FeedID
	Window   Window
	Counts   Counts
	Forecast Forecast // of events
	Readings Readings // of other measures; of a distinct count none can be added to an earlier one
	Clocks   Clocks   // zero where events carry no times, or none are looked at
	Status   Status
	Reason   string // why the window could not be judged, empty if it was
	// Late says that Counts are what came for the window after it was closed, to
	// be added to what was told then. Nothing was forecast or judged by them.
	Late bool
}

// Alert is one encoded step on its way to a sink.
type Alert struct {
	Key   string  // the finding's uid
	Value []byte  // the encoded record, one line
	Time  Instant // due time of the step
	Live  bool    // false when it was found in a replay or while catching up
}
