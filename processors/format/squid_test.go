package format

import (
	"strings"
	"testing"
)

func TestSquid(t *testing.T) {
	t.Parallel()
	line := "1718000000.944     12 10.1.7.50 TCP_TUNNEL/200 3013 CONNECT mail.example.com:443 - HIER_DIRECT/198.51.100.122 -"
	lines := map[string]string{line: "", line + ` "http://r/" "Mozilla 5.0"`: "", line + " [Host: x\\r\\n] [HTTP/1.1 200 OK]": ""}
	for change, want := range map[string]string{
		"    12=>0": "", "    12=>-1": "", "10.1.7.50=>host.example.com": "", "TCP_TUNNEL/200=>NONE/000": "", "TCP_TUNNEL/200=>TCP_MISS_ABORTED/-": "",
		"HIER_DIRECT/198.51.100.122=>HIER_NONE/-": "", "HIER_DIRECT/198.51.100.122=>FIRSTUP_PARENT/proxy.example.com": "", "-=>user@EXAMPLE": "",
		"CONNECT=>icp_query": "", " - H=> DOMAIN\\user H": "",
		"10.1.7.50 TCP_TUNNEL/200=>TCP_TUNNEL/200 10.1.7.50": "type code", "10.1.7.50=>TCP_MISS/200": "type client",
		"1718000000.944=>T+1718000000,944": "timestamp time", "1718000000.944=>2024-06-10": "timestamp time",
		"3013=>3k": "type size", "CONNECT=>200": "type method", "    12=>fast": "type elapsed",
		" HIER_DIRECT/198.51.100.122=>": "columns", " -=>": "columns", "TCP_TUNNEL/200=>TCP_TUNNEL": "type code",
	} {
		old, by, _ := strings.Cut(change, "=>")
		lines[strings.Replace(line, old, by, 1)] = want
	}
	lines[strings.ReplaceAll(line, " ", ";")] = "columns"
	lines[line[:40]] = "columns"
	checkLines(t, newChecker(t, "squid"), lines)
	checkLines(t, newChecker(t, "squid", "server", "user"), map[string]string{line: "missing_field user"})
	got := parts(t, newChecker(t, "squid"), line)
	want := "@2024-06-10T06:13:20.944Z/1|time=1718000000.944|elapsed=12|client=10.1.7.50|code=TCP_TUNNEL|status=200|size=3013|method=CONNECT|url=mail.example.com:443|user=-|hierarchy=HIER_DIRECT|server=198.51.100.122|type=-"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
