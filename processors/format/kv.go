package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// kv is pairs of a key, an equals sign and a value, with or without a syslog header
// before:
//
//	key=value other="value with spaces", third='x'
//
// Pairs are separated by spaces, tabs, commas or semicolons; a comma or semicolon
// inside a value separates only if a key follows. Values in quotes may have what
// they like, with quotes and backslashes escaped by a backslash. There is no
// standard for it; Splunk's search-time extraction and Logstash's kv filter read
// the same.
func kv() dialect {
	return dialect{open: true, header: true, scanner: func([]string) scanner { return &kvScanner{} }}
}

// kvScanner reads pairs.
type kvScanner struct{ fields []feedgauge.Field }

// scan implements scanner.
func (s *kvScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	body := behindHeader(b, startsPair)
	s.fields = s.fields[:0]
	if body == nil {
		e.Fields = nil
		return feedgauge.Syntax
	}
	var reason feedgauge.Reason
	s.fields, reason = pairs(s.fields, body)
	e.Fields = s.fields
	return reason
}

// longestKey bounds how far ahead a comma looks for a key.
const longestKey = 64

// startsPair reports whether b begins with a key and an equals sign.
func startsPair(b []byte) bool {
	for i, c := range b[:min(len(b), longestKey)] {
		if c == '=' {
			return i > 0
		}
		if !keyByte[c] {
			return false
		}
	}
	return false
}

// pairs appends the pairs in b.
func pairs(fields []feedgauge.Field, b []byte) ([]feedgauge.Field, feedgauge.Reason) {
	for i := 0; ; {
		for i < len(b) && separates(b[i]) {
			i++
		}
		if i == len(b) {
			return fields, ""
		}
		f, end, reason := pair(b, i)
		if reason != "" {
			return fields, reason
		}
		fields = append(fields, f)
		i = end
	}
}

func separates(c byte) bool { return c == ' ' || c == '\t' || c == ',' || c == ';' }

// pair reads a pair at b[i] and returns the position behind it.
func pair(b []byte, i int) (f feedgauge.Field, end int, reason feedgauge.Reason) {
	start := i
	for i < len(b) && keyByte[b[i]] {
		i++
	}
	switch {
	case i == len(b):
		return f, i, feedgauge.Truncated
	case b[i] != '=' || i == start:
		return f, i, feedgauge.Syntax
	}
	f.Name = b[start:i]
	if i++; i < len(b) && (b[i] == '"' || b[i] == '\'') {
		end = i + 1 + closing(b[i+1:], b[i])
		if end <= i {
			return f, i, feedgauge.Truncated
		}
		f.Value = b[i+1 : end]
		if bytes.IndexByte(f.Value, '\\') >= 0 {
			f.Escape = feedgauge.Backslash
		}
		return f, end + 1, ""
	}
	end = i
	for end < len(b) && !endsValue(b, end) {
		end++
	}
	f.Value = b[i:end]
	return f, end, ""
}

// closing returns where the quote is that ends a value: one that no backslash
// escapes and that the next key or nothing follows, since some devices do not
// escape quotes; -2 if there is none. A backslash before the last quote of a line is part
// of a path.
func closing(b []byte, quote byte) int {
	first := -2 // the first that a separator follows, if all else fails
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '\\':
			if i++; i == len(b)-1 && b[i] == quote {
				return i
			}
		case b[i] != quote:
		case endsPair(b[i+1:]):
			return i
		case first < 0 && separates(b[i+1]):
			first = i
		}
	}
	return first
}

// endsPair reports whether nothing follows, or a separator and a key.
func endsPair(b []byte) bool {
	i := 0
	for i < len(b) && separates(b[i]) {
		i++
	}
	return i == len(b) || i > 0 && startsPair(b[i:])
}

// endsValue reports whether a value without quotes ends before b[i].
func endsValue(b []byte, i int) bool {
	switch b[i] {
	case ' ', '\t':
		return true
	case ',', ';':
		rest := bytes.TrimLeft(b[i+1:], " ")
		return len(rest) == 0 || startsPair(rest)
	}
	return false
}
