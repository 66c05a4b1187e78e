package produce

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Report says what became of the lines.
type Report struct {
	Sent     int64 // records confirmed
	Bytes    int64 // of their values
	Failed   int64 // records that were not
	Unnamed  int64 // lines in which no feed's name was found; sent all the same
	Untimed  int64 // lines in which no time was found; stamped with now
	Failures []Failure
	Took     time.Duration
}

// Failure counts records that failed for one reason.
type Failure struct {
	Reason string
	N      int64
}

// with returns r with the failures, sorted.
func (r Report) with(failures map[string]int64) Report {
	r.Failures = nil
	for _, reason := range slices.Sorted(maps.Keys(failures)) {
		r.Failures = append(r.Failures, Failure{reason, failures[reason]})
	}
	return r
}

// Summary says in a few lines what was sent to topic.
func (r *Report) Summary(topic string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "produced %d records, %d bytes in %v to %s\n", r.Sent, r.Bytes, r.Took.Round(time.Millisecond), topic)
	if r.Unnamed > 0 {
		fmt.Fprintf(&b, "%d of the lines name no feed: sent without key and header\n", r.Unnamed)
	}
	if r.Untimed > 0 {
		fmt.Fprintf(&b, "%d of the lines have no time: stamped with that of sending\n", r.Untimed)
	}
	return b.String()
}

// Err returns an error that counts the records that failed, nil if there are
// none.
func (r *Report) Err() error {
	if r.Failed == 0 {
		return nil
	}
	var why []string
	for _, f := range r.Failures {
		why = append(why, fmt.Sprintf("%d %s", f.N, f.Reason))
	}
	return fmt.Errorf("%d of %d records failed: %s", r.Failed, r.Sent+r.Failed, strings.Join(why, "; "))
}
