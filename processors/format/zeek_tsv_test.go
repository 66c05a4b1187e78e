package format

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

const zeekHead = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#open\t2022-04-01-22-44-05\n" +
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tproto\tduration\torig_bytes\tlocal_orig\ttunnel_parents\n" +
	"#types\ttime\tstring\taddr\tport\tenum\tinterval\tcount\tbool\tset[string]\n"

const zeekLine = "1647504456.038126\tCLZwfq2hHnVH2XKvQg\t192.0.2.100\t50527\ttcp\t0.5\t12\tT\t(empty)"

func TestZeekTSVTypesOfTheHeader(t *testing.T) {
	t.Parallel()
	c := newChecker(t, "zeek_tsv")
	lines := map[string]string{zeekHead: "", zeekHead + zeekLine + "\n#close\t2022-04-01-23-00-00\n": "", zeekHead + zeekLine + "\tx": "columns"}
	for change, want := range map[string]string{
		"12\tT=>-\t-": "", "1647504456.038126=>-": "", "192.0.2.100=>2001:db8::1": "", "(empty)=>a,b": "", "tcp=>": "",
		"192.0.2.100=>50528": "type id.orig_h", "50527=>65536": "type id.orig_p", "50527=>x": "type id.orig_p", "0.5=>fast": "type duration",
		"12\t=>-1\t": "type orig_bytes", "12\t=>1.5\t": "type orig_bytes", "\tT=>\ttrue": "type local_orig",
		"1647504456.038126=>2022-03-17": "timestamp ts", "1647504456.038126=>T+1647504456,038126": "timestamp ts",
		"\ttcp=>": "columns", "\t=> ": "columns", "\t(empty)=>": "columns",
	} {
		old, by, _ := strings.Cut(change, "=>")
		lines[zeekHead+strings.Replace(zeekLine, old, by, 1)] = want
	}
	lines[zeekHead+strings.ReplaceAll(zeekLine, "\t", ";")] = "columns"
	lines[strings.Replace(zeekHead, "#types", "#typos", 1)+zeekLine] = "" // types are known by name
	lines[strings.Replace(zeekHead, "#types", "#typos", 1)+strings.Replace(zeekLine, "192.0.2.100", "x", 1)] = "type id.orig_h"
	checkLines(t, c, lines)
}

func TestZeekTSVOtherMarks(t *testing.T) {
	t.Parallel()
	head := strings.ReplaceAll(strings.Replace(zeekHead, `\x09`, `\x7c`, 1), "\t", "|")
	head = strings.Replace(head, "#unset_field|-", "#unset_field|none", 1)
	line := strings.Replace(strings.ReplaceAll(zeekLine, "\t", "|"), "192.0.2.100", "none", 1)
	checkLines(t, newChecker(t, "zeek_tsv"), map[string]string{head + line: ""})
	checkLines(t, newChecker(t, "zeek_tsv", "id.orig_h"), map[string]string{head + line: "missing_field id.orig_h"})
}

// Without a header, lines are checked as far as all logs are alike.
func TestZeekTSVWithoutHeader(t *testing.T) {
	t.Parallel()
	tuple := "1647504456.038126\tCLZwfq2hHnVH2XKvQg\t192.0.2.100\t50527\t192.0.2.1\t53"
	checkLines(t, newChecker(t, "zeek_tsv"), map[string]string{
		tuple: "", tuple + "\ttcp\t-": "", "1379288667.694367\tFnjq3r4R0VGmHVWiN5\t192.0.2.191": "",
		"1379288667.694367": "columns",
		strings.Replace(tuple, "192.0.2.100", "50527", 1):   "type id.orig_h",
		strings.Replace(tuple, "\t192.0.2.100", "", 1):      "columns",
		strings.Replace(tuple, "\t50527", "\t192.0.2.2", 1): "type id.orig_p",
		"x" + tuple:                          "timestamp ts",
		strings.ReplaceAll(tuple, "\t", " "): "columns",
	})
	config := All()["zeek_tsv"]().(*Config)
	config.Fields, config.Require = strings.Fields("ts uid id.resp_h count"), []string{"id.resp_h"}
	checkLines(t, built(t, config), map[string]string{
		"1.5\tC\t192.0.2.1\t7": "", "1.5\tC\t-\t7": "missing_field id.resp_h", "1.5\tC\t7\t192.0.2.1": "type id.resp_h", "1.5\tC\t192.0.2.1": "columns",
	})
}

func TestZeekTSVParts(t *testing.T) {
	t.Parallel()
	got := parts(t, newChecker(t, "zeek_tsv"), zeekHead+strings.Replace(zeekLine, "\t12\t", "\t-\t", 1))
	want := "(conn)|@2022-03-17T08:07:36.038Z/1|ts=1647504456.038126|uid=CLZwfq2hHnVH2XKvQg|id.orig_h=192.0.2.100|id.orig_p=50527|proto=tcp|duration=0.5|orig_bytes=null|local_orig=T|tunnel_parents=(empty)"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A header that comes again and again is read once.
func TestHeadersDoNotAllocate(t *testing.T) {
	for name, value := range map[string]string{
		"zeek_tsv": zeekHead + zeekLine, "w3c_iis": w3cHead + w3cLine, // Without an interface: under the race detector, the pool of what matches
		// expressions forgets at random.
		"vpc_flow": "version srcaddr dstaddr action\n2 10.0.0.5 10.0.0.6 ACCEPT",
	} {
		c, r := newChecker(t, name), &feedgauge.Record{Value: []byte(value)}
		if n := testing.AllocsPerRun(10, func() { c.Check(r) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
