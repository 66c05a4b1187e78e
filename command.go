package feedgauge

// Gap says that records of a lane were lost before they could be counted:
// those that arrived in [From, To).
type Gap struct {
	Source string
	Lane
	From, To Instant
	Records  int64 // how many, by their offsets
}

// Verb is what a command does.
type Verb string

// The commands an operator has.
const (
	Mute    Verb = "mute"    // tell of findings, but as suppressed
	Unmute  Verb = "unmute"  // end a mute
	Ack     Verb = "ack"     // somebody looks after the open findings
	Retire  Verb = "retire"  // forget the feed until it delivers again
	Approve Verb = "approve" // the level of now is the new normal
)

// Command is an operator's word on one feed, or on all whose labels match.
type Command struct {
	ID     string // folded once
	Verb   Verb
	Feed   FeedID            // zero for a command by labels
	Labels map[string]string // all must match
	Who    string
	Why    string
	Word   Word    // with an ack: what is said of the findings, empty for nothing
	Until  Instant // end of a mute by the watermark, After for none
}

// Revision says that from here on a pipeline of this fingerprint is in force.
type Revision struct {
	Number      int64
	Fingerprint string
	Text        string // the normalised pipeline, secrets as references
}
