package format

import (
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

// panosTraffic is a line of PAN-OS 10, panosThreat one of PAN-OS 5.
const (
	panosTraffic = `1,2021/03/01 20:48:21,007051000001,TRAFFIC,end,2560,2021/03/01 20:48:21,192.0.2.10,198.51.100.7,203.0.113.1,198.51.100.7,allow all,corp\bob,,ssl,vsys1,trust,untrust,ethernet1/1,ethernet1/2,fwd,2021/03/01 20:48:21,35940,1,60372,443,22187,443,0x400053,tcp,allow,7016,1519,5497,24,2021/03/01 20:47:56,9,computer-and-internet-info,0,6937712,0x8000000000000000,192.0.2.0-192.0.2.255,United States,0,11,13,tcp-fin,0,0,0,0,,pa-vm,from-policy,,,0,,0,,N/A,0,0,0,0,bc60ac8a,0,0,,,,,,,`
	panosThreat  = `1,2015/01/05 05:38:58,0006C110285,THREAT,vulnerability,1,2015/01/05 05:38:58,10.0.0.115,216.0.10.198,0.0.0.0,0.0.0.0,EX-Allow,example\user.name,,web-browsing,vsys1,internal,external,ethernet1/2,ethernet1/1,LOG-Default,2015/01/05 05:38:58,12031,1,54180,80,0,0,0x80004000,tcp,reset-both,"ad.aspx?a=1,2",HTTP: IIS Denial Of Service Attempt(40019),any,high,client-to-server,347368099,0x0,10.0.0.0-10.255.255.255,US,0,,1200568889751109656,, `
)

func TestPaloalto(t *testing.T) {
	list := []swap{
		{"syslog", "1,", "<14>Mar  1 20:48:22 pa-vm 1,", ""},
		{"RFC 5424", "1,", "<14>1 2021-03-01T20:48:22-05:00 pa-vm - - - - 1,", ""},
		{"line end of Windows", "*", panosTraffic + "\r\n", ""},
		{"later columns", "*", panosTraffic + strings.Repeat(",", 30), ""},
		{"time with a zone", "2021/03/01 20:48:21,192", "2021-03-01T20:48:21.5Z,192", ""},
		{"name with a comma in quotes", "allow all", `"allow, all"`, ""},
		{"name with a comma", "allow all", `allow, all`, ""},
		{"no translation", "203.0.113.1,198.51.100.7,", ",,", ""},
		{"source dropped", "192.0.2.10,", "", feedgauge.Columns},
		{"source blank", "192.0.2.10,", ",", feedgauge.MissingField},
		{"source and type swapped", "TRAFFIC,end,2560,2021/03/01 20:48:21,192.0.2.10", "192.0.2.10,end,2560,2021/03/01 20:48:21,TRAFFIC", feedgauge.BadType},
		{"destination no address", "198.51.100.7", "host", feedgauge.BadType},
		{"port", "60372", "tcp", feedgauge.BadType},
		{"unknown type", "TRAFFIC", "MOVEMENT", feedgauge.BadType},
		{"cut", "*", panosTraffic[:300], feedgauge.Columns},
		{"cut in the type", "*", panosTraffic[:40], feedgauge.Columns},
		{"cut in quotes", "*", `1,2015/01/05 05:38:58,1,SYSTEM,general,0,2015/01/05 05:38:58,vsys1,general,,0,0,general,low,"User`, feedgauge.Truncated},
		{"time blank", "1,2021/03/01 20:48:21,", "1,,", feedgauge.MissingField},
		{"another notation", "1,2021/03/01", "1,01.03.2021", feedgauge.BadTimestamp},
		{"pipes", "*", strings.ReplaceAll(panosTraffic, ",", "|"), feedgauge.Syntax},
		{"text", "*", "hello", feedgauge.Syntax},
	}
	swapped(t, "paloalto", panosTraffic, list)
	swapped(t, "paloalto", panosThreat, []swap{
		{"severity", ",high,", ",loud,", feedgauge.BadType},
		{"severity dropped", ",high,", ",", feedgauge.BadType},
		{"cut", "*", panosThreat[:strings.Index(panosThreat, ",2\"")], feedgauge.Truncated},
	})
	holds(t, "paloalto", "<11>Jan  5 05:38:59 PAN1 "+panosThreat, map[string]string{
		"(kind)": "THREAT", "src": "10.0.0.115", "dport": "80", "misc": "ad.aspx?a=1,2", "severity": "high", "(time)": feedgauge.Instant(1420436338000).String(),
	})
	holds(t, "paloalto", strings.Replace(panosTraffic, "allow all", "a,b,c", 1), map[string]string{"src": "192.0.2.10", "rule": "", "sport": "60372", "session_end_reason": "tcp-fin"})
}

func TestPaloaltoTypes(t *testing.T) {
	for _, line := range []string{
		`1,2020/09/20 11:32:18,0001,CONFIG,0,0,2020/09/20 11:32:18,10.0.0.1,,set,admin,Web,Succeeded,config shared,1,0x0,0,0,0,0,,fw`,
		`1,2020/09/20 11:32:18,0001,GLOBALPROTECT,0,2305,2020/09/20 11:32:18,vsys1,gateway-auth,login,LDAP,,bob,US,host,203.0.113.1,0.0.0.0,0.0.0.0,0.0.0.0,abc,,5.1.1,Windows,"Windows 10, 64-bit",1,,,"",success,,0,,0,gw,1,0x0`,
		`1,2020/09/20 11:32:18,0001,USERID,login,2304,2020/09/20 11:32:18,vsys1,10.0.0.1,bob,agent,0,1,2700,0,0,agent,unknown,1,0x0`,
		`1,2020/09/20 11:32:18,0001,HIPMATCH,0,2049,2020/09/20 11:32:18,bob,vsys1,host,Windows,10.0.0.1,profile,1,profile,0,0,1,0x0`,
	} {
		if v := verdict(newChecker(t, "paloalto"), line); v.Reason != "" {
			t.Errorf("got %q (%s) for %s", v.Reason, v.Fault, line)
		}
	}
}

func TestFilterlog(t *testing.T) {
	swapped(t, "pfsense_filterlog", good["pfsense_filterlog"], []swap{
		{"no header", "Sep 30 14:35:50 pfSense filterlog: ", "", ""},
		{"remote", "Sep 30 14:35:50 pfSense filterlog: ", "<134>Sep 30 14:35:50 filterlog[12]: ", ""},
		{"RFC 5424", "Sep 30 14:35:50 pfSense filterlog: ", "<134>1 2021-09-30T14:35:50+02:00 pf.example.com filterlog 64 - - ", ""},
		{"UDP", "6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss", "17,udp,72,192.0.2.1,192.0.2.2,59576,53,52", ""},
		{"ICMP", "6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss", "1,icmp,84,192.0.2.1,192.0.2.2,request,1,2", ""},
		{"IGMP", "6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss", "2,igmp,32,192.0.2.1,224.0.0.1,datalength=8", ""},
		{"CARP", "6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss", "112,carp,56,192.0.2.1,224.0.0.18,advertise,255,3,2,0,1", ""},
		{"version 6", "4,0x0,,64,892,0,none,6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss", "6,0x00,0x00000,1,UDP,17,76,fe80::1,ff02::1,546,547,76", ""},
		{"ICMP of version 6", "4,0x0,,64,892,0,none,6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss", "6,0x00,0x00000,255,ICMPv6,58,32,fe80::1,ff02::1,", ""},
		{"fragment", "892,0,none,6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss", "892,1480,none,17,udp,44,192.0.2.1,192.0.2.2", ""},
		{"tracker of OPNsense", "1000102631", "02f4bab031b57d1e30553ce08e0ec131", ""},
		{"source dropped", "192.0.2.1,", "", feedgauge.Columns},
		{"source blank", "192.0.2.1,", ",", feedgauge.MissingField},
		{"cut", "59576,22,0,S,17536001,,65535,,mss", "59576,22,0,S", feedgauge.Columns},
		{"cut before the addresses", "6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss", "6,t", feedgauge.Columns},
		{"cut in the first part", "em0,match,block,in,4,0x0,,64,892,0,none,6,tcp,44,192.0.2.1,192.0.2.2,59576,22,0,S,17536001,,65535,,mss", "em0", feedgauge.Columns},
		{"action", ",block,", ",bloc,", feedgauge.BadType},
		{"version", ",in,4,", ",in,5,", feedgauge.BadType},
		{"port", ",59576,", ",70000,", feedgauge.BadType},
		{"semicolons", "53,,,1000102631,em0,match", "53;;;1000102631;em0;match", feedgauge.Syntax},
	})
	holds(t, "pfsense_filterlog", "9,,,1,em0,match,pass,out,6,0x00,0x00000,64,UDP,17,76,fe80::1,ff02::1,546,547,76", map[string]string{
		"(kind)": "UDP", "src": "fe80::1", "dstport": "547", "hoplimit": "64", "protoid": "17",
	})
}

func TestAuditd(t *testing.T) {
	swapped(t, "auditd", good["auditd"], []swap{
		{"node", "type=", "node=host1 type=", ""},
		{"syslog", "type=", "<13>Jan  5 05:38:59 host audispd: type=", ""},
		{"kernel", "*", `Jan  5 05:38:59 host kernel: audit: type=1400 audit(1481076984.827:17): apparmor="DENIED" operation="open" pid=1`, ""},
		{"enriched", "key=(null)", "key=(null)\x1dARCH=x86_64 SYSCALL=execve AUID=\"root\"", ""},
		{"hexadecimal", `"/bin/dd"`, "2F62696E2F6464", ""},
		{"words", "*", "type=DAEMON_START msg=audit(1481076983.819:7798): auditd start, ver=2.4.1 format=raw auid=? res=success", ""},
		{"nested", "*", `type=USER_CMD msg=audit(1481076992.414:385): pid=1 uid=0 auid=4294967295 ses=1 msg='op=x acct="it" exe="/bin/su" hostname=? res=success'`, ""},
		{"no colon", "17):", "17)", feedgauge.Syntax},
		{"no stamp", "*", "type=UNKNOWN[1329] msg=?", feedgauge.Syntax},
		{"name of the type", "SYSCALL", "sys call", feedgauge.Syntax},
		{"cut in the stamp", "*", "type=SYSCALL msg=audit(1481076", feedgauge.Truncated},
		{"cut in quotes", `"/bin/dd" key=(null)`, `"/bin`, feedgauge.Truncated},
		{"cut in apostrophes", "*", `type=USER_CMD msg=audit(1481076992.414:385): pid=1 uid=0 msg='op=x acct="it" exe=`, feedgauge.Truncated},
		{"cut between pairs", ` comm="dd" exe="/bin/dd" key=(null)`, "", feedgauge.MissingField},
		{"pid missing", " pid=391", "", feedgauge.MissingField},
		{"number", "pid=391", "pid=dd", feedgauge.BadType},
		{"time", "1481076984.827", "2016-12-07", feedgauge.BadTimestamp},
		{"text", "*", "hello", feedgauge.Syntax},
	})
	holds(t, "auditd", good["auditd"], map[string]string{"(kind)": "SYSCALL", "serial": "17", "comm": "dd", "(time)": feedgauge.Instant(1481076984827).String()})
	holds(t, "auditd", `type=USER_ACCT msg=audit(1.5:3): pid=1 uid=0 msg='op=PAM:x acct="it" res=success'`, map[string]string{"acct": "it", "res": "success"})
}
