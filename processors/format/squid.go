package format

import (
	"bytes"

	"github.com/feedgauge/feedgauge"
)

// squid is Squid's native access log (Squid documentation, directive logformat,
// "squid"):
//
//	time elapsed client code/status size method url user hierarchy/server type
//
// Time is in seconds since 1970 with milliseconds, elapsed in milliseconds and
// padded by spaces. Further columns may follow, such as headers that log_mime_hdrs
// adds.
func squid() dialect {
	return dialect{
		fields: []known{
			{name: "time", typ: "timestamp(epoch)"}, {name: "elapsed", typ: "int"}, {name: "client", typ: "host"}, {name: "code", typ: "word"},
			{name: "status", typ: "status"}, {name: "size", typ: "size"}, {name: "method", typ: "method"}, {name: "url"}, {name: "user"},
			{name: "hierarchy", typ: "word"}, {name: "server"}, {name: "type"},
		},
		time:    "time",
		scanner: func([]string) scanner { return &squidScanner{row: row(squidFields)} },
	}
}

var squidFields = []string{
	"time", "elapsed", "client", "code", "status", "size", "method", "url", "user", "hierarchy", "server", "type",
}

type squidScanner struct {
	fixed
	row []feedgauge.Field
}

// scan implements scanner.
func (s *squidScanner) scan(e *feedgauge.Event, b []byte) feedgauge.Reason {
	e.Fields = s.row[:0]
	for n := 0; n < len(s.row); n++ {
		word, rest := squidWord(b)
		if len(word) == 0 {
			return feedgauge.Columns
		}
		b = rest
		if n == 3 || n == 9 { // two words joined by a slash
			first, second, ok := bytes.Cut(word, []byte{'/'})
			if !ok {
				return squidJoined(e, n, word, rest)
			}
			s.row[n].Value, word = first, second
			if n == 9 && len(first) > 0 && first[0] >= 'a' { // the type of the content, as "text/html"
				e.Fault = "hierarchy"
				return feedgauge.BadType
			}
			n++
		}
		s.row[n].Value = word
		e.Fields = s.row[:n+1]
	}
	return ""
}

// squidJoined is the reason for a word that lacks its slash: a column is missing
// or stands elsewhere.
func squidJoined(e *feedgauge.Event, n int, word, rest []byte) feedgauge.Reason {
	if n == 3 && len(rest) > 0 && isHost(word) {
		e.Fault = "code"
		return feedgauge.BadType
	}
	return feedgauge.Columns
}

// squidWord cuts a word off b.
func squidWord(b []byte) (word, rest []byte) {
	b = bytes.TrimLeft(b, " ")
	if end := bytes.IndexByte(b, ' '); end >= 0 {
		return b[:end], b[end+1:]
	}
	return b, nil
}
