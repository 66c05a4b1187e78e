package format

import "github.com/feedgauge/feedgauge"

// scanner is the part of a format that knows its notation: it takes the text of
// one event apart. It has scratch memory and is used by one goroutine.
//
// The text is not blank, has no line end, is valid UTF-8 and free of control
// characters but tabs (and line feeds, where an event may have several lines).
// scan sets e.Fields, and e.Kind where the notation tells a kind; what it sets
// may live in its scratch memory until the next call. It returns the first of
// truncated, syntax, depth, duplicate_key, number and columns that applies, or
// nothing. Whether fields are there and what is in them is looked at by the
// checker. A scanner that finds a field of its own broken may return the reason
// for that and name it in e.Fault.
type scanner interface {
	scan(e *feedgauge.Event, text []byte) feedgauge.Reason
}

// swift is a scanner that remembers what events looked like that were sound.
type swift interface {
	scanner
	// again reads a text, of which nothing is known, if that is like those it remembers. If it
	// reports true the text is valid UTF-8 and free of control characters, and scan,
	// which is called next, returns what it would return in any case.
	again(text []byte) bool
}

// formed is a scanner that can tell events with the same fields from others.
type formed interface {
	scanner
	// form is called behind a scan that found nothing wrong. It returns the same number
	// for events that have fields of the same names in the same order, or 0 if it
	// cannot tell.
	form() uint64
}

// fixed is a part of scanners whose events all have the same fields.
type fixed struct{}

// form implements formed.
func (fixed) form() uint64 { return 1 }

// headed is a scanner of a format that may have header lines. What they say holds
// for the lines behind them in the same record or file.
type headed interface {
	scanner
	// header reports whether line is no event but a header, and takes note of it.
	header(line []byte) bool
	// forget is called where a record or file begins.
	forget()
}

// typed is a scanner that learns types of fields from header lines. They are
// checked like those of the dialect.
type typed interface {
	scanner
	types() []check
	// typeable reports whether it knows a column by that name: those are few.
	typeable(name string) bool
}

// extender is a scanner of a format whose events may have several lines.
type extender interface {
	scanner
	// extend is called when the first line of b, alone, is truncated. It returns
	// how many bytes of b the event takes, 0 if that line is all of it. If b has to
	// be longer to tell and final is false, it returns -1.
	extend(b []byte, final bool) int
}

// dialect describes a format. It is all that a new one has to bring.
type dialect struct {
	fields []known  // fields that the format knows
	open   bool     // events may have other fields too
	demand []demand // fields that are required if the option "require" is not set
	kind   string   // field that tells the kind of event, if the scanner does not
	time   string   // field with the event's time
	unit   string   // what one event is, "line" if empty
	named  bool     // the option "fields" names the columns
	allow  byte     // a control character that events may have, besides tabs
	sparse bool     // an event has a few of many fields
	header bool     // a header of syslog may stand before events, or is part of them
	clock  bool     // the scanner itself reads the event's time
	// scanner returns a new scanner; columns are those of the option "fields".
	scanner func(columns []string) scanner
}

// known is a field that a format knows.
type known struct {
	name string
	typ  string // as in the option "types", empty for any; see parseType
	need bool   // no event is without
	// loose types may be spelled as JSON strings too, since senders do.
	loose bool
	// nests is for fields that some senders write as an object instead, whose
	// members are fields of their own.
	nests bool
}

// demand is a field that is required, unless another one is there.
type demand struct{ name, unless string }

// names returns the names of the fields.
func (d *dialect) names() []string {
	out := make([]string, len(d.fields))
	for i, f := range d.fields {
		out[i] = f.name
	}
	return out
}

// row returns fields with these names and no values, for scanners of formats with
// fixed columns to fill.
func row(names []string) []feedgauge.Field {
	out := make([]feedgauge.Field, len(names))
	for i, n := range names {
		out[i].Name = []byte(n)
	}
	return out
}

// wipe empties the values of a row, so that what cannot be read of an event is not
// taken from the one before.
func wipe(fields []feedgauge.Field) {
	for i := range fields {
		fields[i].Value = nil
	}
}
