package profile

import "fmt"

// DriftKind is in which way lines are no longer like before.
type DriftKind string

// The ways in which lines may differ.
const (
	FieldMissing DriftKind = "field_missing" // a field is no longer there
	FieldEmpty   DriftKind = "field_empty"   // a field is there, with nothing in it
	FieldNew     DriftKind = "field_new"     // a field that was not there before
	TypeChanged  DriftKind = "type"          // values look otherwise
	Layout       DriftKind = "layout"        // lines or times are built otherwise
	Delimiter    DriftKind = "delimiter"     // other signs between columns
	Mix          DriftKind = "mix"           // kinds of events come in other shares
	LevelGone    DriftKind = "level"         // events of one level no longer come
)

// Drift is one way in which lines differ from what was learnt.
type Drift struct {
	Kind      DriftKind
	Field     string  // where it is about one
	EventKind string  // where it is about one kind of event
	Before    float64 // share of events that were so as learnt
	After     float64 // share of those since
	Was, Is   string  // what values or lines were like, and are
	Sample    string  // the beginning of a line that is so, as far as can be told
	Events    int     // how many events the word rests on
	Since     int64   // when the first of them came, as told to [Learner.Observe]
	Found     int64   // when it was clear
}

// Info reports whether a drift is worth knowing and no more.
func (d *Drift) Info() bool { return d.Kind == FieldNew }

// String says it in a few words.
func (d *Drift) String() string {
	at := ""
	if d.EventKind != "" {
		at = " of events " + d.EventKind
	}
	share := fmt.Sprintf("%s before, %s now", percent(d.Before), percent(d.After))
	if d.Field == "" && (d.Kind == FieldMissing || d.Kind == TypeChanged) {
		return fmt.Sprintf("events no longer tell their kind as before (%s)", share)
	}
	switch d.Kind {
	case FieldMissing:
		return fmt.Sprintf("field %s%s is missing (there in %s)", d.Field, at, share)
	case FieldEmpty:
		return fmt.Sprintf("field %s%s is empty (filled in %s)", d.Field, at, share)
	case FieldNew:
		return fmt.Sprintf("field %s%s is new", d.Field, at)
	case TypeChanged:
		return fmt.Sprintf("field %s%s was %s, now is %s", d.Field, at, d.Was, d.Is)
	case LevelGone:
		return fmt.Sprintf("no more events of level %s (%s)", d.Was, share)
	case Mix:
		if d.Was != "" {
			return fmt.Sprintf("no more events %s (%s)", d.Was, share)
		}
		return fmt.Sprintf("nearly all events are %s, which was unknown", d.Is)
	default:
	}
	if d.Field != "" {
		return fmt.Sprintf("field %s%s was written as %s, now as %s", d.Field, at, d.Was, d.Is)
	}
	return fmt.Sprintf("lines%s were %s, now are %s", at, d.Was, d.Is)
}

// percent is a share for people.
func percent(x float64) string {
	if x > 0.99 && x < 1 || x > 0 && x < 0.01 {
		return fmt.Sprintf("%.1f%%", 100*x)
	}
	return fmt.Sprintf("%.0f%%", 100*x)
}
