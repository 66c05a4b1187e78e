package format

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestWindowsEventXML(t *testing.T) {
	line := good["windows_event_xml"]
	swapped(t, "windows_event_xml", line, []swap{
		{"declaration before", "<Event ", `<?xml version="1.0" encoding="utf-8"?><Event `, ""},
		{"syslog", "<Event ", "<14>Jan 14 23:41:40 host <Event ", ""},
		{"attribute of the id", "<EventID>", "<EventID Qualifiers='16384'>", ""},
		{"empty data", "<EventData>", "<EventData><Data Name='x'/><Data></Data>", ""},
		{"comment", "<EventData>", "<EventData><!-- a -->", ""},
		{"user data", "<EventData>", "<UserData><a:b xmlns:a='x'><a:c>1</a:c></a:b></UserData><EventData>", ""},
		{"level in words", "<EventData>", "<RenderingInfo Culture='en-US'><Level>Information</Level><Keywords><Keyword>a</Keyword></Keywords></RenderingInfo><EventData>", ""},
		{"data named like what System has", "<EventData>", "<EventData><Data Name='Level'>high</Data><Data Name='EventID'>x</Data>", ""},
		{"references", "&amp;", "&#10;&#x20AC;&lt;", ""},
		{"several lines", "<System>", "\r\n  <System>\n", ""},
		{"unknown entity", "&amp;", "&lol;", feedgauge.Syntax},
		{"bare ampersand", "&amp;", "& ", feedgauge.Syntax},
		{"no character", "&amp;", "&#0;", feedgauge.Syntax},
		{"document type", "<Event ", "<!DOCTYPE x [<!ENTITY lol 'lol'>]><Event ", feedgauge.Syntax},
		{"wrong end", "</System>", "</Sys>", feedgauge.Syntax},
		{"no quotes", "Name='Image'", "Name=Image", feedgauge.Syntax},
		{"another root", "*", "<a/>", feedgauge.Syntax},
		{"text behind", "</Event>", "</Event>x", feedgauge.Syntax},
		{"cut in text", "b</Data></EventData></Event>", "b", feedgauge.Truncated},
		{"cut in a tag", "</EventData></Event>", "</EventDa", feedgauge.Truncated},
		{"cut before the last tag", "</Event>", "", feedgauge.Truncated},
		{"too deep", "<EventData>", strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200) + "<EventData>", feedgauge.Depth},
		{"id missing", "<EventID>1</EventID>", "", feedgauge.MissingField},
		{"id blank", "<EventID>1</EventID>", "<EventID></EventID>", feedgauge.MissingField},
		{"id a word", "<EventID>1</EventID>", "<EventID>Sysmon</EventID>", feedgauge.BadType},
		{"time", "2021-01-14T23:41:40.145335200Z", "day 2021-01-14 / 23.41", feedgauge.BadTimestamp},
	})
	holds(t, "windows_event_xml", line, map[string]string{"(kind)": "1", "Image": "a & b", "Provider": "Sysmon", "(time)": feedgauge.Instant(1610667700145).String()})
}

// TestWindowsEventExport: events over several lines, in the element that an export
// puts around them.
func TestWindowsEventExport(t *testing.T) {
	event := strings.ReplaceAll(good["windows_event_xml"], "><", ">\n<")
	text := "<?xml version=\"1.0\"?>\r\n<Events>\r\n" + event + "\n" + event + "\n" + strings.TrimSuffix(event, "</Event>") + "\n" + event + "\n</Events>\n"
	var lines []int
	v := newChecker(t, "windows_event_xml").(feedgauge.EventReader).Read(&feedgauge.Record{Value: []byte(text)}, func(e *feedgauge.Event) {
		if e.Reason == "" {
			lines = append(lines, e.Line)
		}
	})
	if len(lines) != 3 || lines[0] != 3 || v.Headers != 3 || v.Reason != feedgauge.Truncated {
		t.Errorf("good events at lines %v, %+v", lines, v)
	}
}

// wellFormed reports whether encoding/xml reads one element of b without an error.
func wellFormed(b string) bool {
	d := xml.NewDecoder(strings.NewReader(b))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	roots, depth := 0, 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return roots == 1 && depth == 0
		}
		if err != nil {
			return false
		}
		switch token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
		case xml.EndElement:
			depth--
		}
	}
}

// noEyes sees nothing.
type noEyes struct{}

func (noEyes) attribute(_, _ []byte, _ feedgauge.Escape) {}
func (noEyes) text(_, _ []byte, _ feedgauge.Escape)      {}

// FuzzXML holds the reader against encoding/xml: what it takes, that takes too.
func FuzzXML(f *testing.F) {
	f.Add(good["windows_event_xml"])
	for _, s := range []string{`<a b="c"><d/>&lt;<![CDATA[x]]><!-- y --><?z?></a >`, `<a>&#x20AC;</a>`, `<a><b></a></b>`, `<a b=">"/>`, `<é:ü/>`, `<a>]]></a>`, `<a b='&amp;'/>`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var x xmlReader
		if unclean([]byte(s), 0) != "" || strings.Contains(s, "\r") {
			return
		}
		end, reason := x.read([]byte(s), 0, noEyes{})
		if reason == "" && !wellFormed(s[:end]) && !strings.Contains(s, "<?") && ascii7(s) {
			t.Fatalf("%q: encoding/xml refuses it", s[:end])
		}
	})
}

// ascii7 reports whether s has no bytes above ASCII, since names of others are not
// looked at closely.
func ascii7(s string) bool {
	_, high := unusual([]byte(s))
	return !high
}
