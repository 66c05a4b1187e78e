package format

import (
	"unicode/utf8"

	"github.com/feedgauge/feedgauge"
)

// logfmt is the format of Heroku's router and of many programs in Go, by the
// grammar of its decoder github.com/go-logfmt/logfmt:
//
//	level=info msg="hello world" dur=1.5ms ok
//
// A key is any run of bytes above the space without "=" and quotes, and may stand
// alone; a value is such a run, or a string of JSON in quotes. A line without any
// "key=" is no logfmt, although that grammar would take each of its words for a
// key.
func logfmt() dialect {
	return dialect{
		open: true, clock: true,
		scanner: func([]string) scanner { return &logfmtScanner{} },
	}
}

// logfmtScanner reads lines of logfmt.
type logfmtScanner struct{ fields []feedgauge.Field }

// scan implements scanner.
func (s *logfmtScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	s.fields = s.fields[:0]
	reason := s.read(b)
	e.Fields = s.fields
	s.time(e)
	return reason
}

// time reads the event's time out of the fields that loggers put it into. One that
// is no time may be a duration.
func (s *logfmtScanner) time(e *feedgauge.Event) {
	for i := range s.fields {
		switch f := &s.fields[i]; string(f.Name) {
		case "time", "ts", "t", "timestamp", "@timestamp":
			if e.Time, e.Clock = looseTime(f.Value); e.Clock != feedgauge.NoClock {
				return
			}
		}
	}
}

func (s *logfmtScanner) read(b []byte) feedgauge.Reason {
	valued := false
	for i := 0; ; {
		for i < len(b) && b[i] <= ' ' {
			i++
		}
		if i == len(b) {
			break
		}
		f := feedgauge.Field{}
		end := logfmtWord(b, i)
		if f.Name = b[i:end]; len(f.Name) == 0 || !utf8.Valid(f.Name) || end < len(b) && b[end] == '"' {
			return feedgauge.Syntax
		}
		if i = end; i < len(b) && b[i] == '=' {
			valued = true
			var reason feedgauge.Reason
			if i, reason = logfmtValue(&f, b, i+1); reason != "" {
				return reason
			}
		}
		s.fields = append(s.fields, f)
	}
	if !valued {
		return feedgauge.Syntax
	}
	return ""
}

// logfmtWord returns where the run of characters without "=" and quotes ends.
func logfmtWord(b []byte, i int) int {
	for i < len(b) && b[i] > ' ' && b[i] != '=' && b[i] != '"' {
		i++
	}
	return i
}

// logfmtValue reads a value at b[i] and returns the position behind it.
func logfmtValue(f *feedgauge.Field, b []byte, i int) (int, feedgauge.Reason) {
	if i == len(b) || b[i] != '"' {
		end := logfmtWord(b, i)
		f.Value = b[i:end]
		if end < len(b) && b[end] > ' ' {
			return end, feedgauge.Syntax
		}
		return end, ""
	}
	for end := i + 1; end < len(b); end++ {
		switch b[end] {
		case '\\':
			f.Escape = feedgauge.JSON
			n := jsonEscape(b[end:])
			if n == 0 {
				return end, feedgauge.Syntax
			}
			end += n - 1
		case '"':
			f.Value = b[i+1 : end]
			return end + 1, ""
		}
	}
	return len(b), feedgauge.Truncated
}

// jsonEscape returns the length of the escape sequence at the start of b, 0 if it
// is none of RFC 8259, 7. One that the end cuts is as long as b.
func jsonEscape(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't', '\'':
		return 2
	case 'u':
		n := hexDigits(b[2:min(len(b), 6)])
		if n == 4 || len(b) == 2+n {
			return 2 + n
		}
	}
	return 0
}
