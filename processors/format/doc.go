// Package format checks the form of records.
//
// All formats agree on this: a record without a value is [feedgauge.NullValue]; a
// byte order mark at the start and carriage returns at line ends are skipped; lines
// are separated by line feeds, and one at the end begins no further line; blank and
// header lines are no events, and a record that holds nothing else is blank and no
// error, since a rule of its own looks after those. An event breaks its format for
// the first reason that applies, in the order of [feedgauge.FormatReasons]; the
// verdict has the reason of the first bad event, and whoever wants to see all uses
// [feedgauge.EventReader], which every checker implements but that of "any" where
// lines stand in no envelope.
//
// # What happens to a record
//
// The checker (check.go) cuts the record into events by the option "unit", refuses
// what is too long, not UTF-8 or has control characters, and hands the rest to the
// format's scanner, which takes it apart into fields: name, bytes and what the
// notation says of the kind of value. Nothing is copied, nothing allocated. What
// follows is the same for all formats: are required fields there and not blank, are
// values of their types, can times be read, are numbers in their ranges, do the
// rules hold. A check finds its field where it was in the event before, so that it
// costs one comparison of names.
//
// # Envelopes
//
// Where the option "envelope" says that events come wrapped in something else
// (envelope.go), an opener takes each line apart first. What it finds inside is read
// as if it were a record of its own, so that a format need not know of envelopes; it
// may lie in the opener's scratch memory, since most envelopes escape it. An event
// without a time has that of its envelope, and stands on its line. A broken envelope
// is an event that breaks its format, for the same reasons in the same order.
//
// # A new format
//
// It is one file with two things, and one line in [All]:
//
//   - a function that returns a dialect: the fields it knows with their types,
//     which of them hold the time and the kind of event, and how to make a scanner.
//     Its comment says what is accepted, by which specification;
//   - the scanner, a type with the method scan (see scanner in scan.go). If columns
//     are fixed, it fills in a row of fields that keeps its names; if names stand in
//     the events, it appends to a slice it keeps. A format with header lines has the
//     methods header and forget too, one whose events span lines has extend.
//
// Values stay as they are, with their escapes; Field.Escape says how to read them.
// A type in a dialect is checked where the field is there and not blank; "loose"
// ones may be JSON strings; "need" is for fields without which it is no event of the
// format. What is demanded by default but may be switched off by "require = []"
// goes into demand.
//
// The test of a format is a table of lines with the reason each gives, and lines of
// testdata/logs. Tests over all formats (format_test.go, contract_test.go) take in
// a new one by its line in "good": that blank and null records, line ends, marks,
// long and damaged lines are told alike, and that nothing allocates or panics.
package format
