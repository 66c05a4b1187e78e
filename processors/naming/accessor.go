package naming

import (
	"fmt"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/internal/jsonscan"
)

// accessor reads a name out of a record; empty if there is none. The bytes are
// the record's, or scratch memory that the next call of it overwrites.
type accessor func(r *feedgauge.Record) []byte

// kinds are the words an expression may begin with.
var kinds = []string{"header:", "json:", "key", "topic", "const:"}

// parse turns an expression into an accessor. Field and index of the error are
// left to the caller.
func parse(expr string) (accessor, *feedgauge.FieldError) {
	kind, arg, colon := strings.Cut(expr, ":")
	at := len(kind) + 1
	if colon {
		kind += ":"
	}
	switch kind {
	case "header:":
		return parseHeader(arg, at)
	case "json:":
		return parseJSON(arg, at)
	case "const:":
		return parseConst(arg, at)
	case "key":
		return func(r *feedgauge.Record) []byte { return r.Key }, nil
	case "topic":
		return topic(), nil
	}
	return nil, unknown(expr, kind)
}

// unknown explains an expression of no known kind. A colon too many or too few
// is the likeliest slip, so words are compared without it.
func unknown(expr, kind string) *feedgauge.FieldError {
	err := &feedgauge.FieldError{Msg: fmt.Sprintf("%q is no accessor", expr)}
	bare := strings.TrimSpace(strings.ToLower(strings.TrimSuffix(kind, ":")))
	for _, k := range kinds {
		if near := strings.TrimSuffix(k, ":"); suggest.Nearest(bare, []string{near}) != "" {
			err.Hint = fmt.Sprintf("did you mean %q?", k)
			return err
		}
	}
	err.Hint = "accessors are header:NAME, json:a.b.c, key, topic and const:TEXT"
	return err
}

func parseHeader(name string, at int) (accessor, *feedgauge.FieldError) {
	if name == "" {
		return nil, &feedgauge.FieldError{Offset: at, Msg: "the header has no name", Hint: "for example header:feed"}
	}
	return func(r *feedgauge.Record) []byte {
		for i := range r.Headers {
			if r.Headers[i].Key == name {
				return r.Headers[i].Value
			}
		}
		return nil
	}, nil
}

func parseConst(text string, at int) (accessor, *feedgauge.FieldError) {
	value := []byte(text)
	if !feedgauge.GoodName(value) {
		return nil, &feedgauge.FieldError{
			Offset: at, Msg: "a name has 1 to 255 bytes of UTF-8 without control characters",
			Hint: "for example const:main",
		}
	}
	return func(*feedgauge.Record) []byte { return value }, nil
}

// topic copies the name only when it changes: records come in runs of a lane.
func topic() accessor {
	var last string
	var value []byte
	return func(r *feedgauge.Record) []byte {
		if r.Topic != last {
			last = strings.Clone(r.Topic)
			value = append(value[:0], last...)
		}
		return value
	}
}

func parseJSON(path string, at int) (accessor, *feedgauge.FieldError) {
	if off, msg := jsonscan.BadPath(path); msg != "" {
		return nil, &feedgauge.FieldError{Offset: at + off, Msg: msg, Hint: "for example json:host.name"}
	}
	finder := jsonscan.Finder(path)
	var text []byte
	return func(r *feedgauge.Record) []byte {
		if finder.Scan(r.Value, jsonscan.Start(r.Value)) != jsonscan.Stopped {
			return nil
		}
		v := finder.Value(0)
		switch v.Kind {
		case jsonscan.String, jsonscan.Integer, jsonscan.Decimal:
			if !v.Escaped {
				return r.Value[v.Start:v.End]
			}
			text = jsonscan.Unescape(text[:0], r.Value[v.Start:v.End])
			return text
		default: // no name
			return nil
		}
	}, nil
}
