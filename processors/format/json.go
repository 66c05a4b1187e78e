package format

import (
	"bytes"
	"errors"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/processors/internal/jsonscan"
)

// JSON accepts JSON objects (RFC 8259), one or several per record, each behind
// the other on a new line. One may be spread over lines.
//
// Fields are named by their path, with the parts joined by dots; dots may lie in
// keys too. Objects are nested at most 256 deep, and have no key twice.
type JSON struct {
	Options
	Schema string `hcl:"schema,optional" doc:"a JSON Schema (draft 4 to 2020-12) that each event must fulfil, as text; file(\"events.json\") reads one" default:"none"`
}

// NewJSON returns the configuration of format "json".
func NewJSON() feedgauge.FormatConfig { return &JSON{Options: Defaults()} }

// Build implements [feedgauge.FormatConfig].
func (c *JSON) Build(feedgauge.Env) (feedgauge.Checker, error) {
	k, err := c.build(jsonDialect())
	if c.Schema == "" {
		if err != nil {
			return nil, err
		}
		return k, nil
	}
	schema, broken := compileSchema(c.Schema)
	if broken != nil {
		return nil, errors.Join(append(split(err), broken)...)
	}
	if err != nil {
		return nil, err
	}
	k.schema = schema
	return k, nil
}

// SetSchema sets the schema.
func (c *JSON) SetSchema(text string) { c.Schema = text }

// split returns the errors that were joined in err.
func split(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return nil
}

// Common returns the options, for whoever sets them by name.
func (c *JSON) Common() *Options { return &c.Options }

func jsonDialect() dialect {
	return dialect{open: true, unit: "record", scanner: func([]string) scanner { return &jsonScanner{} }}
}

// jsonScanner reads objects.
type jsonScanner struct {
	reader jsonscan.Reader
	known  bool // the object that is scanned next has been read already
}

// again implements swift.
func (s *jsonScanner) again(b []byte) bool {
	end, ok := s.reader.Again(b, 0)
	if !ok {
		return s.quick(b)
	}
	s.known = end == len(b)
	return s.known
}

// quick is again for objects of no known form.
func (s *jsonScanner) quick(b []byte) bool {
	end, ok := s.reader.Quick(b, 0)
	s.known = ok && end == len(b)
	return s.known
}

// form implements formed.
func (s *jsonScanner) form() uint64 { return s.reader.Form() }

// objects says that events are objects, for all that embed the scanner.
func (*jsonScanner) objects() {}

// scan implements scanner.
func (s *jsonScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	if s.known {
		s.known, e.Fields = false, s.reader.Fields
		return ""
	}
	end, fault := s.reader.Read(b, jsonscan.Space(b, 0))
	e.Fields = s.reader.Fields
	if fault != jsonscan.Cut && fault != jsonscan.Malformed && jsonscan.Space(b, end) < len(b) {
		return feedgauge.Syntax
	}
	return jsonReason(fault)
}

func jsonReason(f jsonscan.Fault) feedgauge.Reason {
	switch f {
	case jsonscan.Cut:
		return feedgauge.Truncated
	case jsonscan.Malformed:
		return feedgauge.Syntax
	case jsonscan.TooDeep:
		return feedgauge.Depth
	case jsonscan.Duplicate:
		return feedgauge.DuplicateKey
	case jsonscan.Overflow:
		return feedgauge.BadNumber
	default:
		return ""
	}
}

// extend implements extender. An object that is spread over lines ends where a
// line ends. If what follows does not go on with it, the line was cut.
func (s *jsonScanner) extend(b []byte, final bool) int {
	end, fault := s.reader.ReadShallow(b, jsonscan.Space(b, 0))
	switch {
	case fault == jsonscan.Malformed:
		return 0
	case fault == jsonscan.Cut && !final:
		return -1
	case fault == jsonscan.Cut:
		return 0
	case !final && bytes.IndexByte(b[end:], '\n') < 0:
		return -1 // more may follow on the line
	}
	return end + lineEnd(b[end:])
}

// lineEnd returns the length of the first line of b with its end.
func lineEnd(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}
