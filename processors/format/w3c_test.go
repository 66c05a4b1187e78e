package format

import (
	"strings"
	"testing"
)

const w3cHead = "#Software: Microsoft Internet Information Services 8.5\n#Version: 1.0\n#Date: 2015-01-13 00:32:17\n" +
	"#Fields: date time s-ip cs-method cs-uri-stem s-port c-ip cs(User-Agent) sc-status time-taken\n"

const w3cLine = "2015-01-13 00:32:17 192.0.2.81 GET /robots.txt 80 2001:db8::1%12 Mozilla/5.0+(x) 404 283"

func TestW3C(t *testing.T) {
	t.Parallel()
	lines := map[string]string{w3cHead: "", w3cHead + w3cLine + " x": "columns"}
	for change, want := range map[string]string{
		"80=>-": "", "192.0.2.81=>-": "", "Mozilla/5.0+(x)=>\"a \"\"b\"\" c\"": "", "Mozilla/5.0+(x)=>\"Mozilla": "", "00:32:17=>00:32": "",
		"00:32:17=>00:32:17.5": "", " => ": "", " =>\t": "",
		"192.0.2.81=>web": "type s-ip", "80=>80a": "type s-port", "404=>GET": "type sc-status", "GET=>404": "type cs-method",
		"2015-01-13=>13.01.2015": "timestamp date", "2015-01-13=>2015-02-30": "timestamp date", "00:32:17=>25:00:00": "timestamp time",
		" 192.0.2.81=>": "columns", " 283=>": "columns", "00:32:17=>-": "",
	} {
		old, by, _ := strings.Cut(change, "=>")
		lines[w3cHead+strings.Replace(w3cLine, old, by, 1)] = want
	}
	lines[w3cHead+strings.ReplaceAll(w3cLine, " ", ";")] = "columns"
	checkLines(t, newChecker(t, "w3c_iis"), lines)
}

func TestW3CWithoutHeader(t *testing.T) {
	t.Parallel()
	checkLines(t, newChecker(t, "w3c_iis"), map[string]string{
		"2015-01-13 00:32:17 192.0.2.81 GET / - 80 - 192.0.2.1 Mozilla 404 0 2 28":    "",
		"2015-01-13 00:32:17 192.0.2.81 GET / - 80 - x/ Mozilla 404 0 2 28":           "type c-ip",
		"2015-01-13 00:32:17 192.0.2.81 GET / - 80 - 192.0.2.1 Mozilla - 404 0 2 2 8": "",
		"2015-01-13 anything else":          "timestamp time",
		"2015-01-13 00:32:17 anything else": "",
		"elephants do not log":              "timestamp date",
		"2015-01-13":                        "columns",
	})
	config := All()["w3c_iis"]().(*Config)
	config.Fields, config.Require = strings.Fields("time c-ip cs-uri-stem"), []string{"c-ip"}
	checkLines(t, built(t, config), map[string]string{"00:00:01 192.0.2.1 /": "", "00:00:01 - /": "missing_field c-ip", "00:00:01 0.0.0.0 /": "missing_field c-ip", "00:00:01 /": "columns"})
}

func TestW3CParts(t *testing.T) {
	t.Parallel()
	c := newChecker(t, "w3c_iis")
	for text, want := range map[string]string{
		"#Fields: date time x\n2015-01-13 00:32:17 \"a \"\"b\"\"\"":               `@2015-01-13T00:32:17Z/1|date=2015-01-13|time=00:32:17|x=a "b"`,
		"#Date: 2015-01-14 10:00:00\n#Fields: time x\n01:02:03.45 -":              "@2015-01-14T01:02:03.45Z/1|time=01:02:03.45|x=-",
		"#Time Format: Local\n#Fields: date time src-ip\n2004-09-03 07:11:54 ::1": "@2004-09-03T07:11:54Z/2|date=2004-09-03|time=07:11:54|src-ip=::1",
		"#Fields: a b\n1 2\n#Fields: c\n3":                                        "c=3",
	} {
		if got := parts(t, c, text); got != want {
			t.Errorf("%q:\ngot  %s\nwant %s", text, got, want)
		}
	}
}
