package format

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// access is a line whose parts the tests replace.
const access = `192.0.2.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a?b=c HTTP/1.0" 200 2326 "http://example.com/" "Mozilla/4.08"`

func TestAccessCombined(t *testing.T) {
	c := newChecker(t, "access_combined")
	for _, x := range []struct {
		name, old, new string
		want           feedgauge.Reason
	}{
		{"as it is", "", "", ""},
		{"host name", "192.0.2.1", "crawl.example.com", ""},
		{"IPv6", "192.0.2.1", "2001:db8::1", ""},
		{"Unix socket", "192.0.2.1", "unix:", ""},
		{"blank client", "192.0.2.1", "-", ""},
		{"status for client", "192.0.2.1", "200", feedgauge.BadType},
		{"bad address", "192.0.2.1", "192.0.2.256", feedgauge.BadType},
		{"host before the client", "192.0.2.1", "example.com:80 192.0.2.1", ""},
		{"user with a space", "frank", "frank b", ""},
		{"user with a quote", "frank", `""`, ""},
		{"user missing", "frank ", "", feedgauge.Columns},
		{"time without zone", " -0700", "", feedgauge.BadTimestamp},
		{"time in ISO notation", "10/Oct/2000:13:55:36 -0700", "2000-10-10T13:55:36Z", feedgauge.BadTimestamp},
		{"time without brackets", "[10/Oct/2000:13:55:36 -0700]", "10/Oct/2000:13:55:36 -0700", feedgauge.Syntax},
		{"no space behind the time", `] "`, `]"`, feedgauge.Syntax},
		{"request escaped", `GET /a?b=c HTTP/1.0`, `GET /\"q\" HTTP/1.1\\`, ""},
		{"request is binary", `GET /a?b=c HTTP/1.0`, `\x16\x03\x01`, ""},
		{"request blank", `GET /a?b=c HTTP/1.0`, `-`, ""},
		{"request empty", `GET /a?b=c HTTP/1.0`, ``, ""},
		{"request with a bare quote", `GET /a?b=c HTTP/1.0`, `GET /"q HTTP/1.0`, feedgauge.Syntax},
		{"request without quotes", `"GET /a?b=c HTTP/1.0"`, `GET`, feedgauge.Syntax},
		{"status blank", " 200 ", " - ", ""},
		{"status too low", " 200 ", " 099 ", feedgauge.BadType},
		{"status too high", " 200 ", " 600 ", feedgauge.BadType},
		{"status too long", " 200 ", " 0200 ", feedgauge.BadType},
		{"status no number", " 200 ", " abc ", feedgauge.BadType},
		{"status missing", " 200 ", " ", feedgauge.Columns},
		{"bytes blank", "2326", "-", ""},
		{"bytes no number", "2326", "2k", feedgauge.BadType},
		{"bytes negative", "2326", "-1", feedgauge.BadType},
		{"two spaces", "200 2326", "200  2326", feedgauge.Syntax},
		{"referer blank", "http://example.com/", "-", ""},
		{"common format", ` "http://example.com/" "Mozilla/4.08"`, ``, feedgauge.Columns},
		{"agent missing", ` "Mozilla/4.08"`, ``, feedgauge.Columns},
		{"agent cut", `4.08"`, ``, feedgauge.Truncated},
		{"agent ends in an escape", `4.08"`, `\"`, feedgauge.Truncated},
		{"agent ends in a backslash", `4.08"`, `\\"`, ""},
		{"one more number", `4.08"`, `4.08" 12060`, ""},
		{"more columns", `4.08"`, `4.08" "-" 0.5 [x] "a \" b"`, ""},
		{"more columns, cut", `4.08"`, `4.08" "-" "a`, feedgauge.Truncated},
		{"tabs", " ", "\t", feedgauge.Syntax},
		{"NUL in a column", "- frank", "\x00 frank", feedgauge.Control},
	} {
		n := 1
		if x.name == "tabs" {
			n = 3
		}
		if got := verdict(c, strings.Replace(access, x.old, x.new, n)).Reason; got != x.want {
			t.Errorf("%s: got %q, want %q", x.name, got, x.want)
		}
	}
}

// TestAccessCut cuts the line everywhere: only the whole of it is good.
func TestAccessCut(t *testing.T) {
	c := newChecker(t, "access_combined")
	for i := 1; i < len(access); i++ {
		got := verdict(c, access[:i]).Reason
		if got != feedgauge.Truncated && got != feedgauge.Columns {
			t.Errorf("%q: got %q", access[:i], got)
		}
	}
}

func TestAccessRequire(t *testing.T) {
	if got := verdict(newChecker(t, "access_combined", "client", "user", "time", "method", "path", "protocol", "status", "bytes", "referer", "agent"), access).Reason; got != "" {
		t.Errorf("all there, but got %q", got)
	}
	for field, part := range map[string][2]string{
		"client": {"192.0.2.1", "-"}, "ident": {"", ""}, "user": {"frank", "-"}, "method": {"GET /a?b=c HTTP/1.0", "-"},
		"path": {"GET /a?b=c HTTP/1.0", "GET"}, "protocol": {" HTTP/1.0", ""}, "status": {" 200 ", " - "},
		"bytes": {"2326", "-"}, "referer": {"http://example.com/", "-"}, "agent": {"Mozilla/4.08", ""},
	} {
		line := strings.Replace(access, part[0], part[1], 1)
		if got := verdict(newChecker(t, "access_combined", field), line).Reason; got != feedgauge.MissingField {
			t.Errorf("%s: got %q for %s", field, got, line)
		}
		if got := verdict(newChecker(t, "access_combined"), line).Reason; got != "" {
			t.Errorf("%s not required: got %q for %s", field, got, line)
		}
	}
}

func TestAccessReportsEveryMistake(t *testing.T) {
	got := mistakes(t, &Config{Options{Require: []string{"client", "stauts", "elephant", "client"}}, accessCombined()})
	want := []feedgauge.FieldError{
		{Field: "require", Index: 1, Msg: `"stauts" is no field of this format`, Hint: `did you mean "status"?`},
		{Field: "require", Index: 2, Msg: `"elephant" is no field of this format`, Hint: "fields are " + strings.Join(accessFields, ", ")},
		{Field: "require", Index: 3, Msg: `"client" is listed twice`, Hint: "remove one of them"},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got  %+v\nwant %+v", got[i], want[i])
		}
	}
}
