package format

import (
	"strings"
	"testing"
)

func TestCiscoASA(t *testing.T) {
	t.Parallel()
	const message = "%ASA-6-302013: Built inbound TCP connection 1 for outside:192.0.2.62/56502 (192.0.2.62/56502)(LOCAL\\u.n) to inside:192.0.2.252/443"
	lines := map[string]string{}
	for _, head := range []string{
		"<166>Jan  5 08:52:35 192.0.2.216 ", "<166>Jan 05 2015 08:52:35: ", "<166>Jan 05 2015 08:52:35 asa01 : ", "<166>Jan 05 2015 08:52:35 asa01: ",
		"<166>", "<166>: ", "", "Jan  5 08:52:35 asa01 ", "<166>2019-10-02T10:12:13Z asa01 : ", "<166>2019-10-02T10:12:13+02:00 : ",
		"<166>Jan  5 08:52:35 relay Jan 05 2015 08:52:35: ", "<166>Jan  5 08:52:35 relay Jan 05 2015 08:52:35 asa01 : ",
		"2019-10-02T10:12:13.123Z relay Jan 05 2015 08:52:35: ", "<166>asa01 : ", "130 <166>Jan  5 08:52:35 asa01 ", "<166>*Jan 05 2015 08:52:35.123 CET: ",
	} {
		lines[head+message] = ""
	}
	for line, want := range map[string]string{
		"<166>Jan  5 08:52:35 h %FTD-6-430002: x":                                    "",
		"<166>Jan  5 08:52:35 h %ASA-session-5-302013: x":                            "",
		"<166>Jan  5 08:52:35 h %ASA-6-302013:":                                      "truncated",
		"<166>Jan  5 08:52:35 h %ASA-6-3020":                                         "truncated",
		"<166>Jan  5 08:52:35 h %A":                                                  "truncated",
		"<166>Jan  5 08:52:35 h":                                                     "truncated",
		"<166>Jan  5 08:":                                                            "truncated",
		"<166>Jan  5 08:52:35 h %ASA-8-302013: x":                                    "syntax",
		"<166>Jan  5 08:52:35 h %ASA-6-30201: x":                                     "syntax",
		"<166>Jan  5 08:52:35 h sshd[12]: something else that goes on and on and on": "syntax",
		"<166>192.0.2.1 Jan  5 08:52:35 " + message:                                  "syntax",
		"<166>Jan  5 08:52:35;192.0.2.1;" + message:                                  "syntax",
		"<166>01/5 08h52h35 192.0.2.1 " + message:                                    "timestamp time",
		"<192>Jan  5 08:52:35 h " + message:                                          "type priority",
		"<166>Jan  5 08:52:35 a=b " + message:                                        "type host",
	} {
		lines[line] = want
	}
	checkLines(t, newChecker(t, "cisco_asa"), lines)
	checkLines(t, newChecker(t, "cisco_asa", "host", "destination"), map[string]string{
		"<166>Jan  5 08:52:35 h " + message: "", "<166>Jan  5 08:52:35: " + message: "missing_field host",
		strings.Replace("<166>Jan  5 08:52:35 h "+message, "192.0.2.252", "0.0.0.0", 1): "missing_field destination",
	})
	got := parts(t, newChecker(t, "cisco_asa"), "<166>Jan 05 2015 08:52:35 asa01: %ASA-6-302015: Built for a:192.0.2.1/5(x) (192.0.2.1/5)")
	want := "(302015)|@2015-01-05T08:52:35Z/2|priority=166|time=Jan 05 2015 08:52:35|host=asa01|facility=ASA|severity=6|id=302015|message=Built for a:192.0.2.1/5(x) (192.0.2.1/5)|source=192.0.2.1|source_port=5|destination=|destination_port="
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
