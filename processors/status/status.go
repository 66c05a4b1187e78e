// Package status tells how a feed stands: one word for all that is known of it.
package status

import (
	"slices"

	"github.com/feedgauge/feedgauge"
)

// Input is what is known of a feed at a due time.
type Input struct {
	Seen      bool               // anything ever arrived
	Judgeable bool               // rules could be judged
	Reason    string             // why not, if not
	Open      []feedgauge.Status // of the rules with open findings, in file order
	Learning  bool               // forecasts are not ready
	Late      bool               // something is due, and its deadline has not passed
	Muted     bool               // its alerts are held back
	// CalmWindows is how many windows in a row were good since its last finding
	// closed, NeedCalm how many it takes to trust a feed again. For a feed
	// without a finding behind it the first is not less than the second.
	CalmWindows, NeedCalm int
}

// own are the statuses that a feed has of itself. No finding can have them, but
// for the two that a rule may be named after.
var own = []feedgauge.Status{
	feedgauge.Learning, feedgauge.OK, feedgauge.NeverSeen, feedgauge.Late,
	feedgauge.Recovering, feedgauge.Unknown, feedgauge.Muted,
}

// Reserved reports whether a rule may not be named so, because its findings
// could not be told from the absence of any.
func Reserved(s feedgauge.Status) bool {
	return s == "" || s != feedgauge.NeverSeen && s != feedgauge.Late && slices.Contains(own, s)
}

// Trouble reports whether a status is that of an episode a feed has to recover
// from: any but the ones a feed has of itself.
func Trouble(s feedgauge.Status) bool { return s != "" && !slices.Contains(own, s) }

// Next returns the status of a feed that had previous before (empty if it had
// none). The first line that applies decides:
//
//	a finding is open         its status, that of the first in file order
//	cannot be judged          unknown
//	nothing ever arrived      never_seen
//	something is due          late
//	alerts are held back      muted
//	trouble not long past     recovering
//	forecasts are not ready   learning
//	otherwise                 ok
//
// So what is known to be wrong shows through all else: "unknown" does not hide a
// finding, it says that there is none and that one could not be seen; "muted"
// hides alerts, and shows only where a mute has nothing to hide, lest it be
// forgotten. Beside any status, [Input.Doubt] tells that it cannot be judged.
//
//	            first arrival               forecasts ready
//	never_seen ───────────────► learning ───────────────────► ok ◄──────────┐
//	                               │ due      delivered       ▲ │           │
//	                               ├──────► late ─────────────┘ │           │
//	                               │          │ ▲               │           │
//	                               │          │ └── due ────────┤           │ calm for
//	                               │ deadline │                 │           │ long enough
//	                               │   passed │                 │ finding   │
//	                               │ finding  ▼                 │           │
//	                               └─► silent, empty, short … ◄─┘           │
//	                                     ▲            │ last one closes     │
//	                                     └─────── recovering ───────────────┘
//	                                      finding
//
//	any without a finding ──► unknown ──► as before: recovering if it was, for
//	any that is good      ──► muted   ──► its calm windows are counted all along
func Next(previous feedgauge.Status, in Input) feedgauge.Status {
	switch {
	case len(in.Open) > 0:
		return finding(in)
	case !in.Judgeable:
		return feedgauge.Unknown
	case !in.Seen:
		return feedgauge.NeverSeen
	case in.Late:
		return feedgauge.Late
	case in.Muted:
		return feedgauge.Muted
	case recovering(previous, in):
		return feedgauge.Recovering
	case in.Learning:
		return feedgauge.Learning
	}
	return feedgauge.OK
}

// finding returns the status of the first open finding that still tells the
// truth. One of never having been seen does not once something has arrived; it
// is about to close, and until then the feed recovers.
func finding(in Input) feedgauge.Status {
	for _, s := range in.Open {
		if !Reserved(s) && !(s == feedgauge.NeverSeen && in.Seen) {
			return s
		}
	}
	return feedgauge.Recovering
}

// recovering reports whether trouble lies not far enough behind. A feed that was
// late, unknown or muted may have been in trouble before that; its calm windows
// tell. One that was good has had none.
func recovering(previous feedgauge.Status, in Input) bool {
	switch previous {
	case "", feedgauge.OK, feedgauge.Learning, feedgauge.NeverSeen:
		return false
	}
	return in.CalmWindows < in.NeedCalm
}

// Doubt returns why the feed cannot be judged, empty if it can. It is to be shown
// beside the status, whichever that is: a finding that is open then may have
// ended unseen.
func (in Input) Doubt() string {
	switch {
	case in.Judgeable:
		return ""
	case in.Reason == "":
		return "it cannot be judged"
	}
	return in.Reason
}
