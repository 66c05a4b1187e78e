package watch

import "github.com/feedgauge/feedgauge"

// OfGroup reports whether it is the state of a group, which holds nothing but the
// group's findings; its members have states of their own.
func (s *State) OfGroup() bool { return s.group }

// Mute returns until when, by the watermark, findings are told as suppressed, and
// whose word that is. The end may be past; it is After for none, and Before if
// the feed is not muted.
func (s *State) Mute() (until feedgauge.Instant, who, why string) {
	if s.muted.until <= 0 { // a state that says nothing of it
		return feedgauge.Before, "", ""
	}
	return s.muted.until, s.muted.who, s.muted.why
}

// OpenFinding is what the state of a feed or group tells of an open finding.
type OpenFinding struct {
	UID      string
	Rule     string
	Severity feedgauge.Severity
	Opened   feedgauge.Instant
	Since    feedgauge.Instant
}

// Open returns the open findings, in the order of the rules.
func (s *State) Open() []OpenFinding {
	var out []OpenFinding
	for i := range s.pages {
		if p := &s.pages[i]; p.Open {
			out = append(out, OpenFinding{UID: p.UID, Rule: p.Rule, Severity: p.Severity, Opened: p.Opened, Since: p.Since})
		}
	}
	return out
}
