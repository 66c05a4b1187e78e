package format

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/internal/jsonscan"
)

// JSON accepts JSON objects (RFC 8259), one or several per record, each behind
// the other on a new line. One may be spread over lines.
//
// A required field is there if its value is not null, not "" and not "-". Of a
// field given twice the last counts. The dots of a path match dots in keys too.
type JSON struct {
	Require []string `hcl:"require,optional" doc:"fields each object must have, as \"path\" or \"path:type\"; types are string, int, float, number, bool, timestamp, ip, object, array" default:"[]"`
}

// NewJSON returns the configuration of format "json".
func NewJSON() feedgauge.FormatConfig { return &JSON{} }

// Build implements [feedgauge.FormatConfig].
func (c *JSON) Build(feedgauge.Env) (feedgauge.Checker, error) {
	var errs []error
	var paths []string
	seen := map[string]bool{}
	checker := &jsonChecker{}
	for i, expr := range c.Require {
		path, check, err := parseField(expr)
		switch {
		case err != nil:
			err.Index = i
			errs = append(errs, err)
		case seen[path]:
			errs = append(errs, twice(i, path))
		default:
			seen[path] = true
			paths = append(paths, path)
			checker.checks = append(checker.checks, check)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	checker.scanner = jsonscan.New(paths...)
	return checker, nil
}

// fieldType is the type a JSON field must have.
type fieldType uint8

const (
	anyType fieldType = iota
	stringType
	intType
	floatType
	numberType
	boolType
	timestampType
	ipType
	objectType
	arrayType
)

// fieldTypes are the names of the types, in the order of the constants.
var fieldTypes = []string{"", "string", "int", "float", "number", "bool", "timestamp", "ip", "object", "array"}

// parseField takes "path" or "path:type" apart.
func parseField(expr string) (path string, want fieldType, err *feedgauge.FieldError) {
	path = expr
	if colon := strings.LastIndexByte(expr, ':'); colon >= 0 {
		path = expr[:colon]
		if want = typeNamed(expr[colon+1:]); want == anyType {
			return "", 0, unknownType(colon+1, expr[colon+1:])
		}
	}
	if off, msg := jsonscan.BadPath(path); msg != "" {
		return "", 0, &feedgauge.FieldError{Field: "require", Offset: off, Msg: msg, Hint: `for example "src.ip:ip"`}
	}
	return path, want, nil
}

func typeNamed(name string) fieldType {
	for i, n := range fieldTypes {
		if n == name {
			return fieldType(i)
		}
	}
	return anyType
}

func unknownType(off int, name string) *feedgauge.FieldError {
	hint := suggest.Hint(name, fieldTypes[1:])
	if hint == "" {
		hint = "types are " + strings.Join(fieldTypes[1:], ", ")
	}
	return &feedgauge.FieldError{Field: "require", Offset: off, Msg: fmt.Sprintf("%q is no type", name), Hint: hint}
}

type jsonChecker struct {
	scanner *jsonscan.Scanner
	checks  []fieldType // by path of the scanner
	text    []byte      // scratch for strings with escapes
}

// Check implements [feedgauge.Checker].
func (c *jsonChecker) Check(r *feedgauge.Record) feedgauge.Verdict {
	v, body := survey(r)
	switch {
	case len(body) == 0:
	case utf8.Valid(body):
		v.Reason = c.objects(body)
	default:
		v.Reason = c.ahead(body)
	}
	return v
}

// ahead is the reason for a record with invalid UTF-8: that of an earlier line
// if one is bad already.
func (c *jsonChecker) ahead(b []byte) feedgauge.Reason {
	good := b[:0]
	for rest := b; ; {
		var line []byte
		if line, rest = cutLine(rest); !utf8.Valid(line) {
			break
		}
		good = b[:len(b)-len(rest)]
	}
	if reason := c.objects(good); reason != feedgauge.Truncated {
		return cmp.Or(reason, feedgauge.Encoding)
	}
	return feedgauge.Encoding
}

// objects checks the objects in b.
func (c *jsonChecker) objects(b []byte) feedgauge.Reason {
	for i := jsonscan.Space(b, 0); i < len(b); {
		end := c.scanner.Scan(b, i)
		switch end {
		case jsonscan.Truncated:
			return feedgauge.Truncated
		case jsonscan.Invalid:
			return c.broken(b[i:])
		}
		if reason := c.fields(b); reason != "" {
			return reason
		}
		i = jsonscan.Space(b, end)
		if i < len(b) && !newLine(b[end:i]) {
			return feedgauge.Syntax
		}
	}
	return ""
}

// broken is the reason for b, which begins with no valid object: a line that
// was cut runs into the object of the next line, or into the end of the record.
func (c *jsonChecker) broken(b []byte) feedgauge.Reason {
	line, rest := cutLine(b)
	next := jsonscan.Space(rest, 0)
	if c.scanner.Scan(line, 0) == jsonscan.Truncated && (next == len(rest) || rest[next] == '{') {
		return feedgauge.Truncated
	}
	return feedgauge.Syntax
}

// newLine reports whether there is a line feed in b, a few spaces.
func newLine(b []byte) bool {
	for _, c := range b {
		if c == '\n' {
			return true
		}
	}
	return false
}

// fields checks what the scanner found, in the order of the option.
func (c *jsonChecker) fields(b []byte) feedgauge.Reason {
	for i, want := range c.checks {
		v := c.scanner.Value(i)
		if reason := c.field(b, v, want); reason != "" {
			return reason
		}
	}
	return ""
}

func (c *jsonChecker) field(b []byte, v jsonscan.Value, want fieldType) feedgauge.Reason {
	if v.Kind <= jsonscan.Null {
		return feedgauge.MissingField
	}
	text := b[v.Start:v.End]
	if v.Kind == jsonscan.String {
		if v.Escaped && (want == timestampType || want == ipType) {
			c.text = jsonscan.Unescape(c.text[:0], text)
			text = c.text
		}
		if absent(text) {
			return feedgauge.MissingField
		}
	}
	if want == timestampType {
		return timestamp(v.Kind, text)
	}
	if !fits(v.Kind, text, want) {
		return feedgauge.BadType
	}
	return ""
}

// timestamp checks a time: a string by RFC 3339, or a number since the epoch.
func timestamp(kind jsonscan.Kind, text []byte) feedgauge.Reason {
	switch kind {
	case jsonscan.String:
		if !rfc3339(text) {
			return feedgauge.BadTimestamp
		}
	case jsonscan.Integer, jsonscan.Decimal:
		if !epoch(text) {
			return feedgauge.BadTimestamp
		}
	default:
		return feedgauge.BadType
	}
	return ""
}

func fits(kind jsonscan.Kind, text []byte, want fieldType) bool {
	switch want {
	case stringType:
		return kind == jsonscan.String
	case intType:
		return kind == jsonscan.Integer
	case floatType, numberType:
		return kind == jsonscan.Integer || kind == jsonscan.Decimal
	case boolType:
		return kind == jsonscan.Bool
	case ipType:
		return kind == jsonscan.String && isIP(text)
	case objectType:
		return kind == jsonscan.Object
	case arrayType:
		return kind == jsonscan.Array
	default: // any type will do
		return true
	}
}
