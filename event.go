package feedgauge

// Event is one event of a record as its format reads it. All its slices belong to
// the checker and the record; they are valid until the visit returns, and must
// not be written to.
type Event struct {
	Text   []byte  // the event as it stands in the record, or in its envelope, without line end
	Line   int     // number of its first line in the record or file, from 1
	Lines  int     // how many lines it takes there, 0 for one that begins on the last line of another
	Kind   []byte  // what sort of event it is, where the format tells: EventID, _path, TRAFFIC
	Fields []Field // in the order in which they stand; of a bad event those that could be read

	Time  Instant // the event's own time, by its sender's clock
	Clock Clock   // what Time is worth

	Reason Reason // why it breaks the format, empty if it does not
	Fault  string // name of the field at fault, where there is one
}

// Field is one named value of an event. Nested values have the path as name, its
// parts joined by dots.
type Field struct {
	Name   []byte
	Value  []byte    // as it stands there, without quotes; see Escape
	Kind   ValueKind // what the notation says of the value
	Escape Escape    // how Value is escaped
}

// Blank reports whether the field holds nothing: no text, "-" or null.
func (f *Field) Blank() bool {
	return f.Kind == Null || len(f.Value) == 0 || len(f.Value) == 1 && f.Value[0] == '-'
}

// ValueKind is what the notation of a format says of a value.
type ValueKind uint8

// Kinds of value. Formats without notation for types have Text and Null only.
const (
	Text    ValueKind = iota // characters that may spell anything
	Null                     // the mark for no value
	Bool                     // true or false of JSON
	Integer                  // a number of JSON without fraction and exponent
	Decimal                  // any other number of JSON
	String                   // a string of JSON
	Object                   // an object of JSON, as one value
	Array                    // an array of JSON, as one value
)

// Escape is how the bytes of a value have to be read.
type Escape uint8

// Notations for characters in values.
const (
	Plain     Escape = iota // as they are
	JSON                    // RFC 8259: \n, \u00e9
	Backslash               // a backslash before any character, \n and \t as in C
	Doubled                 // quotes are doubled, as in CSV
	XML                     // entities and character references
)

// Clock says what the time of an event is worth.
type Clock uint8

// Kinds of times in lines.
const (
	NoClock       Clock = iota // there is none that can be read
	ZonedClock                 // an instant
	LocalClock                 // of a zone that is not told; read as UTC
	YearlessClock              // without year and zone; read as of 1970, UTC
	DatelessClock              // the time of a day, without zone; read as of 1970-01-01, UTC
)

// EventReader is a Checker that can show the events of a record too. Read says
// the same as Check, and calls visit for each event, good or bad, in order. Lines
// that are blank or headers are no events.
type EventReader interface {
	Checker
	Read(r *Record, visit func(*Event)) Verdict
}
