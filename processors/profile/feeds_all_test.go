package profile

import (
	"fmt"
	"strings"
	"time"
)

func steady(n float64) func(*maker) float64 { return func(*maker) float64 { return n } }

// daily is few at night and many in the day.
func daily(night, day float64) func(*maker) float64 {
	return func(m *maker) float64 { return night + (day-night)*m.open() }
}

// senders are by the specifications and manuals of those who write such lines.
func senders() []sender {
	return []sender{
		{name: "windows events", every: 1, rate: daily(8, 60), event: windowsEvent, write: writeJSON, lose: "TargetUserName", only: str("EventID", "4624"), stamp: "@timestamp", kind: str("EventID", "4634"), bursts: []burst{
			{"guess", often("guess", 1, 40), 60, func(m *maker) []pair { return windowsOf(m, "4625") }},
			{"updates", func(m *maker) bool { return m.now.Weekday() == time.Tuesday && m.at(3, 50) }, 40, func(m *maker) []pair { return windowsOf(m, "7036") }},
		}},
		{name: "windows, few", every: 5, rate: daily(1.5, 5), event: windowsEvent, write: writeJSON, lose: "Computer", stamp: "@timestamp", kind: str("EventID", "4624")},
		{name: "zeek json", every: 1, rate: daily(20, 120), event: zeekEvent, write: writeJSON, lose: "id.resp_h", stamp: "ts", kind: str("_path", "dns"), bursts: []burst{
			{"scan", often("scan", 2, 50), 400, func(m *maker) []pair { return zeekOf(m, "scan") }},
		}},
		{name: "pan-os", every: 1, rate: daily(15, 80), event: panEvent, write: writeColumns(",", ""), lose: "dst", only: str("type", "TRAFFIC"), stamp: "received", kind: str("type", "THREAT"), bursts: []burst{
			{"scan", often("scan", 1, 60), 200, func(m *maker) []pair { return panOf(m, "TRAFFIC", true) }},
		}},
		{name: "cloudtrail", every: 5, rate: daily(12, 40), event: trailEvent, write: writeJSON, lose: "sourceIPAddress", stamp: "eventTime", bursts: []burst{
			{"denied", often("denied", 1, 90), 10, func(m *maker) []pair { return trailOf(m, true) }},
		}},
		{name: "app json", every: 1, rate: daily(6, 50), event: appEvent, write: writeJSON, lose: "logger", stamp: "time", kind: str("level", "DEBUG"), bursts: []burst{
			{"down", often("down", 1.5, 35), 30, func(m *maker) []pair { return programOf(m, "ERROR") }},
		}},
		{name: "app logfmt", every: 5, rate: daily(10, 40), event: logfmtEvent, write: writePairs, lose: "caller", stamp: "ts", kind: str("level", "debug"), bursts: []burst{
			{"compaction", nightly(2, 40), 5, func(m *maker) []pair { return logfmtOf(m, 0) }},
			{"err", often("err", 1, 45), 10, func(m *maker) []pair { return logfmtOf(m, 1) }},
		}},
		{name: "till csv", every: 5, rate: daily(2, 30), event: tillEvent, write: writeColumns(";", ""), lose: "store", stamp: "time"},
		{name: "access", every: 1, rate: daily(5, 60), event: accessEvent, write: writeAccess, lose: "client", stamp: "time", bursts: []burst{
			{"garbage", often("garbage", 3, 30), 50, garbageEvent},
		}},
		{name: "linux syslog", every: 1, rate: daily(4, 24), event: linuxEvent, write: writeSyslog, lose: "host", stamp: "time", bursts: []burst{
			{"backup", nightly(1, 30), 400, func(m *maker) []pair { return linuxOf(m, "rsync") }},
			{"dump", often("dump", 1, 10), 300, func(m *maker) []pair { return linuxOf(m, "kernel") }},
		}},
		{name: "asa", every: 1, rate: daily(20, 100), event: asaEvent, write: writeSyslog, lose: "host", stamp: "time", bursts: []burst{
			{"deny", often("deny", 2, 60), 300, func(m *maker) []pair { return asaOf(m, "4-106023") }},
		}},
		{name: "fortigate", every: 1, rate: daily(10, 60), event: fortiEvent, write: writePairs, lose: "srcip", only: str("type", "traffic"), stamp: "time", kind: str("type", "event"), bursts: []burst{
			{"deny", often("deny", 1, 60), 80, func(m *maker) []pair { return fortiOf(m, "deny") }},
		}},
		{name: "auditd", every: 1, rate: daily(10, 40), event: auditEvent, write: writePairs, lose: "pid", only: str("type", "SYSCALL"), stamp: "msg", kind: str("type", "PATH"), hard: []string{"stamp"}, bursts: []burst{
			{"updatedb", nightly(4, 20), 100, func(m *maker) []pair { return auditOf(m, "PATH") }},
		}},
		{name: "k8s audit", every: 1, rate: daily(15, 40), event: k8sEvent, write: writeJSON, lose: "requestURI", stamp: "stageTimestamp", kind: str("verb", "watch")},
		{name: "suricata", every: 1, rate: daily(10, 60), event: eveEvent, write: writeJSON, lose: "dest_ip", only: str("event_type", "flow"), stamp: "timestamp", kind: str("event_type", "dns"), bursts: []burst{
			{"scan", often("scan", 1, 50), 100, func(m *maker) []pair { return eveOf(m, "alert") }},
		}},
		{name: "squid", every: 1, rate: daily(3, 80), event: squidEvent, write: writeColumns(" ", "-"), lose: "client", stamp: "time"},
		{name: "vpc flow", every: 5, rate: daily(4, 60), event: vpcEvent, write: writeColumns(" ", "-"), lose: "dstaddr", only: str("status", "OK"), stamp: "start", hard: []string{"empty"}},
		{name: "iis", every: 5, rate: daily(5, 60), event: iisEvent, write: writeColumns(" ", "-"), lose: "s-ip", stamp: "date"},
		{name: "rare kinds", every: 1, rate: steady(20), event: rareEvent, write: writeJSON, lose: "host", stamp: "time", kind: str("event_id", "1003")},
		{name: "one an hour", every: 60, rate: steady(1.2), event: appEvent, write: writeJSON, lose: "logger", stamp: "time"},
		{name: "sensor", every: 15, rate: steady(4), event: sensorEvent, write: writeColumns(",", ""), lose: "id", stamp: "time"},
		{name: "java text", every: 1, rate: daily(5, 30), event: javaEvent, write: writeText, lose: "level", stamp: "time", hard: []string{"cut"}, bursts: []burst{
			{"stack", often("stack", 4, 15), 40, stackEvent},
		}},
		{name: "relay", every: 1, rate: daily(20, 60), event: relayEvent, write: writeSyslog, lose: "host", stamp: "time", bursts: []burst{
			{"backup", nightly(1, 30), 400, func(m *maker) []pair { return linuxOf(m, "rsync") }},
		}},
		{name: "docker", every: 1, rate: daily(6, 30), event: dockerEvent, write: writeJSON, lose: "stream", stamp: "time"},
		{name: "releases", every: 5, rate: daily(4, 20), event: releaseEvent, write: writeJSON, lose: "msg", stamp: "time"},
	}
}

func (m *maker) iso() string { return m.now.Format("2006-01-02T15:04:05.000Z") }

// windowsEvent: services log on at night, people in the day; now and then somebody
// guesses passwords, and on one night in the week updates are installed.
func windowsEvent(m *maker) []pair {
	id := m.zipf("4624", "4634", "4688", "4672", "5156", "4648", "4625", "7036", "4776", "4769", "1102", "4720")
	if m.open() < 0.1 && id == "4648" {
		id = "5156"
	}
	return windowsOf(m, id)
}

func windowsOf(m *maker, id string) []pair {
	people := m.maybe(m.open())
	f := []pair{str("@timestamp", m.iso()), raw("EventID", id), str("Channel", "Security"), str("Computer", m.zipf("DC01", "DC02", "FS01.corp.example")), raw("RecordID", fmt.Sprint(m.n))}
	switch id {
	case "4624", "4625", "4648":
		f = append(f, str("TargetUserName", m.or(0.7, m.user(), "FS01$")), str("TargetUserSid", "S-1-5-21-11-22-33-"+m.num(5000)))
		if people || id == "4625" {
			f = append(f, raw("LogonType", m.zipf("3", "2", "10")), str("IpAddress", m.or(0.9, m.inside(), "::1")), str("IpPort", m.or(0.8, m.port(), "0")), str("WorkstationName", m.or(0.7, "PC-"+m.num(200), "-")))
		} else {
			f = append(f, raw("LogonType", "5"), str("IpAddress", "-"), str("IpPort", "-"), str("WorkstationName", "-"))
		}
		if id == "4625" {
			f = append(f, str("Status", "0xC000006D"), str("SubStatus", m.zipf("0xC000006A", "0xC0000064")))
		}
	case "4634", "4672":
		f = append(f, str("TargetUserName", m.user()), str("TargetLogonId", "0x"+m.hex(6)))
	case "4688":
		f = append(f, str("NewProcessName", `C:\Windows\System32\`+m.zipf("svchost.exe", "cmd.exe", "conhost.exe")), str("CommandLine", m.or(0.4+0.4*m.open(), "cmd.exe /c "+m.words(4), "")), str("ParentProcessName", m.or(0.7, `C:\Windows\explorer.exe`, "")))
	case "5156":
		f = append(f, str("SourceAddress", m.inside()), str("DestAddress", m.or(0.8, m.outside(), "fe80::1")), str("DestPort", m.zipf("443", "53", "445")), raw("Protocol", m.zipf("6", "17")))
	case "7036":
		f = append(f, str("param1", m.zipf("Windows Update", "BITS", "Windows Modules Installer")), str("param2", m.or(0.5, "running", "stopped")))
	case "4769", "4776":
		f = append(f, str("TargetUserName", m.user()+"@CORP"), str("Status", m.or(0.95, "0x0", "0xC0000234")), str("ServiceName", m.zipf("krbtgt", "FS01$")))
	case "1102", "4720":
		f = append(f, str("SubjectUserName", "admin"))
	}
	return f
}

// zeekEvent: connections that nobody answers lack half the fields, and all are such
// while somebody scans.
func zeekEvent(m *maker) []pair {
	return zeekOf(m, m.zipf("conn", "dns", "ssl", "http", "files", "weird", "x509", "notice", "ntp", "dhcp", "kerberos"))
}

func zeekOf(m *maker, path string) []pair {
	f := []pair{str("_path", strings.Replace(path, "scan", "conn", 1)), raw("ts", fmt.Sprintf("%d.%06d", m.now.Unix(), m.IntN(1e6))), str("uid", "C"+m.hex(16)), str("id.orig_h", m.inside()), raw("id.orig_p", m.port()), str("id.resp_h", m.or(0.8, m.outside(), "2001:db8::"+m.hex(4))), raw("id.resp_p", m.zipf("443", "53", "80"))}
	switch path {
	case "scan":
		f = append(f, str("proto", "tcp"), str("conn_state", "S0"), raw("missed_bytes", "0"), str("history", "S"))
	case "conn":
		f = append(f, str("proto", m.or(0.7, "tcp", "udp")))
		if m.maybe(0.5 + 0.4*m.open()) {
			f = append(f, str("service", m.zipf("ssl", "dns", "http")), raw("duration", fmt.Sprintf("%.6f", m.ExpFloat64())), raw("orig_bytes", m.num(9000)), raw("resp_bytes", m.num(90000)))
		}
		f = append(f, str("conn_state", m.zipf("SF", "S0", "S1", "RSTO", "REJ", "OTH")), raw("missed_bytes", "0"), str("history", m.zipf("ShADadFf", "S", "Dd", "^d")))
		if m.maybe(0.1) {
			f = append(f, raw("tunnel_parents", `["C`+m.hex(8)+`"]`))
		}
	case "dns":
		f = append(f, raw("trans_id", m.num(65000)), str("query", m.zipf("www", "mail", "_ldap._tcp", "1.0.10.in-addr.arpa", "api")+"."+m.zipf("example.com", "corp", "net")), raw("qtype", "1"))
		if m.maybe(0.9) {
			f = append(f, raw("rcode", m.zipf("0", "3")), raw("answers", `["`+m.outside()+`"]`), raw("TTLs", "[60.0]"))
		}
	case "ssl":
		f = append(f, str("version", "TLSv12"))
		if m.maybe(0.8) {
			f = append(f, str("server_name", m.zipf("www", "cdn", "a")+".example.org"))
		}
		f = append(f, raw("resumed", m.or(0.4, "true", "false")), raw("established", m.or(0.9, "true", "false")))
	case "http":
		f = append(f, str("method", m.zipf("GET", "POST", "HEAD")), str("host", m.or(0.8, "www.example.com", m.outside())), str("uri", "/"+m.hex(4)), raw("status_code", m.zipf("200", "304", "404")))
		if m.maybe(m.open()) {
			f = append(f, str("referrer", "http://www.example.com/"), str("user_agent", "Mozilla/5.0 (X11)"))
		} else {
			f = append(f, str("user_agent", m.or(0.6, "curl/7.1", "Debian APT-HTTP/1.3 (2.0)")))
		}
	case "notice", "weird":
		f = append(f, str("note", m.zipf("Scan::Port_Scan", "SSL::Invalid_Server_Cert")), str("msg", m.words(5)))
	default:
		f = append(f, str("fuid", "F"+m.hex(12)), raw("seen_bytes", m.num(9999)))
	}
	return f
}

// panEvent: users are known in the day; nothing is translated inside.
func panEvent(m *maker) []pair {
	return panOf(m, m.or(0.85, "TRAFFIC", m.or(0.7, "THREAT", m.zipf("SYSTEM", "CONFIG", "GLOBALPROTECT"))), false)
}

func panOf(m *maker, kind string, scan bool) []pair {
	stamp := m.now.Format("2006/01/02 15:04:05")
	f := []pair{str("future", "1"), str("received", stamp), str("serial", "0079510001"+m.num(10)), str("type", kind)}
	if kind == "SYSTEM" || kind == "CONFIG" || kind == "GLOBALPROTECT" {
		return append(f, str("sub", m.zipf("general", "auth", "vpn")), str("x", "2561"), str("generated", stamp), str("vsys", ""), str("event", m.zipf("auth-fail", "commit")), str("object", ""), str("a", "0"), str("b", "0"), str("module", "general"), str("severity", m.zipf("informational", "low", "high")), str("descr", m.words(6)), str("seq", fmt.Sprint(m.n)), str("flags", "0x0"))
	}
	nat, user := m.or(0.2+0.6*m.open(), m.outside(), "0.0.0.0"), ""
	if m.maybe(0.9 * m.open()) {
		user = `corp\` + m.user()
	}
	sub := m.zipf("end", "start", "drop", "deny")
	if scan {
		sub, nat, user = "drop", "0.0.0.0", ""
	}
	app := m.zipf("ssl", "dns", "web-browsing", "ms-update", "incomplete", "not-applicable")
	if sub == "drop" {
		app = "not-applicable"
	}
	if kind == "THREAT" {
		sub = m.zipf("url", "vulnerability", "spyware")
	}
	f = append(f, str("sub", sub), str("x", "2561"), str("generated", stamp), str("src", m.inside()), str("dst", m.outside()), str("natsrc", nat), str("natdst", nat), str("rule", m.zipf("Allow Web", "dns-out", "intra 1")), str("srcuser", user), str("dstuser", ""), str("app", app), str("vsys", "vsys1"), str("from", "trust"), str("to", "untrust"), str("in", "ethernet1/2"), str("out", m.or(0.9, "ethernet1/1", "")), str("log", "Forward"), str("time", stamp), str("session", m.num(1e6)), str("repeat", "1"), str("sport", m.port()), str("dport", m.zipf("443", "53", "80")))
	if kind == "THREAT" {
		f = append(f, str("misc", m.or(0.8, `www.example.com/a,b"c`, "")), str("threatid", m.or(0.5, "(9999)", "Bad thing(30003)")), str("category", "any"), str("severity", m.zipf("informational", "medium", "critical")))
	} else {
		f = append(f, str("bytes", m.num(90000)), str("sent", m.num(9999)), str("packets", m.num(99)), str("elapsed", m.num(30)), str("category", m.zipf("any", "business-and-economy")))
	}
	return f
}

// trailEvent: at night services call, which tell names for addresses and have no
// keys.
func trailEvent(m *maker) []pair { return trailOf(m, m.maybe(0.05)) }

func trailOf(m *maker, denied bool) []pair {
	human := m.maybe(0.15 + 0.7*m.open())
	src := m.zipf("s3", "ec2", "sts", "iam", "kms", "logs", "lambda", "rds", "dynamodb", "ecs")
	f := []pair{str("eventVersion", m.or(0.5, "1.08", "1.09")), str("eventTime", m.now.Format(time.RFC3339)), str("eventSource", src+".amazonaws.com"), str("eventName", m.zipf("Describe", "Get", "List", "Put", "Create", "AssumeRole", "Delete")+m.zipf("Object", "Instances", "Key", "Role")), str("awsRegion", m.zipf("eu-west-1", "us-east-1"))}
	if human {
		f = append(f, raw("userIdentity", `{"type":"AssumedRole","principalId":"AROA`+m.hex(8)+`:x","arn":"arn:aws:sts::1:x","accessKeyId":"ASIA`+m.hex(8)+`","sessionContext":{"attributes":{"mfaAuthenticated":"`+m.or(0.3, "true", "false")+`"}}}`), str("sourceIPAddress", m.outside()), str("userAgent", m.or(0.5, "aws-cli/2.1 Python/3", "console.amazonaws.com")))
	} else {
		f = append(f, raw("userIdentity", `{"type":"AWSService","invokedBy":"`+src+`.amazonaws.com"}`), str("sourceIPAddress", src+".amazonaws.com"), str("userAgent", src+".amazonaws.com"))
	}
	if denied {
		f = append(f, str("errorCode", "AccessDenied"), str("errorMessage", m.words(6)), raw("requestParameters", "null"))
	} else {
		f = append(f, raw("requestParameters", m.or(0.6, `{"bucketName":"b`+m.num(9)+`"}`, m.or(0.5, "null", `{"key":"`+m.hex(5)+`","n":`+m.num(9)+`}`))))
	}
	return append(f, raw("responseElements", m.or(0.8, "null", `{"ok":true}`)), str("requestID", m.hex(8)+"-"+m.hex(4)+"-"+m.hex(4)+"-"+m.hex(4)+"-"+m.hex(12)), raw("readOnly", m.or(0.7, "true", "false")))
}

// appEvent: requests in the day, jobs at night, and stacks while something is
// down.
func appEvent(m *maker) []pair { return programOf(m, m.zipf("INFO", "DEBUG", "WARN", "ERROR")) }

func programOf(m *maker, level string) []pair {
	f := []pair{str("time", m.iso())}
	f = append(f, str("level", level), str("logger", "com.example."+m.zipf("Web", "Db", "Cart", "Auth")), str("msg", m.words(3+m.IntN(8))))
	if m.maybe(0.02 + 0.9*m.open()) {
		f = append(f, str("trace_id", m.hex(32)), str("user", m.or(0.7, m.user(), "")), raw("status", m.zipf("200", "404", "500")), raw("took", m.or(0.7, m.num(900), fmt.Sprintf("%.2f", 9*m.Float64()))), str("ip", m.or(0.8, m.outside(), "2001:db8::"+m.hex(3))))
	} else {
		f = append(f, str("job", m.zipf("cleanup", "report", "mail")), raw("rows", m.or(0.9, m.num(5000), "null")))
	}
	if level == "ERROR" {
		f = append(f, str("exception", "java.io.IOException: "+m.words(3)), raw("retry", m.or(0.5, "true", "false")))
	}
	return f
}

func logfmtEvent(m *maker) []pair { return logfmtOf(m, 1+m.IntN(20)) }

func logfmtOf(m *maker, which int) []pair {
	f := []pair{str("ts", m.iso()), str("level", m.zipf("info", "debug", "warn", "error")), str("caller", m.zipf("main.go", "db.go", "web.go")+":"+m.num(400))}
	switch {
	case which == 0:
		return append(f, str("msg", "compaction done"), str("block", m.hex(26)), str("duration", fmt.Sprintf("%d.%dms", m.IntN(90), m.IntN(9))))
	case which == 1:
		return append(f, str("msg", "send failed"), str("err", "dial tcp "+m.inside()+":9090: connect: refused"), str("attempt", m.num(9)))
	case m.maybe(0.3):
		return append(f, str("component", m.zipf("rule manager", "tsdb", "web")), str("msg", m.words(4)))
	}
	return append(f, str("msg", "request"), str("method", "GET"), str("path", "/"+m.hex(3)), str("status", m.zipf("200", "404")), str("dur", fmt.Sprintf("%.1f", m.ExpFloat64())), str("user", m.or(0.6*m.open(), m.user(), "")))
}

// tillEvent: columns are empty by the hour and the weekday.
func tillEvent(m *maker) []pair {
	card, coupon, discount := "", "", ""
	if m.maybe(m.open()) {
		card = "9" + m.num(1e8)
	}
	if m.now.Weekday() == time.Saturday || m.maybe(0.01) {
		coupon = "C" + m.hex(5)
	}
	if m.now.Weekday() == time.Wednesday && m.now.Hour() >= 8 && m.now.Hour() < 18 {
		discount = m.or(0.5, "10", "12.5")
	}
	cashier := m.user()
	if h := m.now.Hour(); h < 6 || h > 21 {
		cashier = "" // machines sell at night
	}
	return []pair{str("time", m.now.Format("02.01.2006 15:04:05")), str("store", "S"+m.num(40)), str("till", m.num(9)), str("cashier", cashier), str("article", "4"+m.num(1e9)), str("amount", m.or(0.7, fmt.Sprintf("%.2f", 90*m.Float64()), m.num(90))), str("card", card), str("coupon", coupon), str("discount", discount), str("note", m.or(0.03, m.words(3), ""))}
}

// accessEvent: people in the day, robots at night, and those who try passwords.
func accessEvent(m *maker) []pair {
	agent, referer, user := "Mozilla/5.0 (Windows NT 10.0)", "https://www.example.com/"+m.hex(3), ""
	request, status := m.zipf("GET", "POST", "HEAD")+" /"+m.hex(3)+" HTTP/1.1", m.zipf("200", "304", "302", "404")
	if !m.maybe(m.open()) {
		agent, referer = m.zipf("Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/7.68", ""), ""
	} else if m.maybe(0.3) {
		user = m.user()
	}
	size := m.num(90000)
	if status == "304" {
		size = ""
	}
	client := m.or(0.9, m.outside(), "2001:db8:"+m.hex(3)+"::"+m.hex(2))
	return []pair{str("client", client), str("user", user), str("time", m.now.Format("02/Jan/2006:15:04:05 -0700")), str("request", request), str("status", status), str("size", size), str("referer", referer), str("agent", agent)}
}

// garbageEvent is of those who look for holes.
func garbageEvent(m *maker) []pair {
	return []pair{str("client", m.outside()), str("user", ""), str("time", m.now.Format("02/Jan/2006:15:04:05 -0700")), str("request", m.zipf(`\x16\x03\x01\x00`, "", "GET /.env HTTP/1.1", `\n`)), str("status", m.or(0.7, "400", "404")), str("size", m.num(900)), str("referer", ""), str("agent", "")}
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func writeAccess(f []pair) string {
	line := ""
	for _, x := range f {
		switch x.k {
		case "client":
			line += dash(x.v) + " -"
		case "time":
			line += " [" + x.v + "]"
		case "request", "referer", "agent":
			line += ` "` + dash(x.v) + `"`
		default:
			line += " " + dash(x.v)
		}
	}
	return line
}

// linuxEvent: at one at night the backup tells of each file, and hardly anything
// else comes then.
func linuxEvent(m *maker) []pair {
	return linuxOf(m, m.zipf("sshd", "CRON", "systemd", "sudo", "kernel", "dhclient", "postfix/smtpd"))
}

func linuxOf(m *maker, app string) []pair {
	var text string
	switch app {
	case "sshd":
		text = m.or(0.5, "Accepted publickey for "+m.user()+" from "+m.inside()+" port "+m.port()+" ssh2", "Failed password for invalid user "+m.user()+" from "+m.outside()+" port "+m.port()+" ssh2")
	case "CRON":
		text = "(root) CMD (run-parts /etc/cron.hourly)"
	case "rsync":
		text = "home/" + m.user() + "/" + m.hex(6) + m.or(0.5, ".txt", ".JPG")
	case "kernel":
		text = m.or(0.7, fmt.Sprintf("[%d.%06d] FW DROP IN=eth0 OUT= MAC=00:11:22:33:44:55 SRC=%s DST=%s LEN=40 TTL=243 ID=54321 PROTO=TCP SPT=%s DPT=22 WINDOW=1024 RES=0x00 SYN URGP=0", m.n, m.IntN(1e6), m.outside(), m.inside(), m.port()), fmt.Sprintf("[%d.1] usb 1-1: new device", m.n))
	case "sudo":
		text = m.user() + " : TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/ls"
	case "postfix/smtpd":
		text = "connect from unknown[" + m.outside() + "]"
	default:
		text = m.words(6)
	}
	tag := app
	if app != "kernel" {
		tag += "[" + m.num(9999) + "]"
	}
	return []pair{str("pri", fmt.Sprint(8*m.IntN(12)+3+m.IntN(4))), str("time", m.now.Format("Jan _2 15:04:05")), str("host", m.zipf("web1", "web2", "db.example.com")), str("tag", tag), str("text", text)}
}

func writeSyslog(f []pair) string {
	line := ""
	for _, x := range f {
		switch x.k {
		case "pri":
			line = "<" + x.v + ">"
		case "time":
			line += x.v
		case "tag":
			line += " " + x.v + ":"
		default:
			if x.v != "" {
				line += " " + x.v
			}
		}
	}
	return line
}

func asaEvent(m *maker) []pair {
	id := m.zipf("6-302013", "6-302014", "6-305011", "6-302015", "4-106023", "5-111008", "6-113004", "3-710003")
	if m.open() < 0.05 && strings.HasSuffix(id, "113004") {
		id = "6-302013"
	}
	return asaOf(m, id)
}

func asaOf(m *maker, id string) []pair {
	text := "Built outbound TCP connection " + m.num(1e6) + " for outside:" + m.outside() + "/443 (" + m.outside() + "/443) to inside:" + m.inside() + "/" + m.port()
	switch id {
	case "4-106023":
		text = "Deny tcp src outside:" + m.outside() + "/" + m.port() + " dst inside:" + m.inside() + "/22 by access-group \"OUT\" [0x0, 0x0]"
	case "5-111008":
		text = "User 'enable_15' executed the 'write memory' command."
	case "6-302014":
		text = "Teardown TCP connection " + m.num(1e6) + " for outside:" + m.outside() + "/443 to inside:" + m.inside() + "/" + m.port() + " duration 0:00:30 bytes " + m.num(9999) + " TCP FINs"
	}
	return []pair{str("pri", "166"), str("time", m.now.Format("Jan 02 2006 15:04:05")), str("host", "fw1"), str("tag", "%ASA-"+id), str("text", text)}
}

func fortiEvent(m *maker) []pair {
	return fortiOf(m, m.or(0.85, "traffic", m.or(0.6, "event", "utm")))
}

// fortiOf makes an event of a type. What is denied has no bytes.
func fortiOf(m *maker, kind string) []pair {
	denied := kind == "deny" || m.maybe(0.02)
	kind = strings.Replace(kind, "deny", "traffic", 1)
	f := []pair{str("date", m.now.Format("2006-01-02")), str("time", m.now.Format("15:04:05")), str("devname", "FG-"+m.num(2)), str("logid", "00000000"+m.num(90)), str("type", kind), str("level", m.zipf("notice", "warning", "information", "error"))}
	switch kind {
	case "traffic":
		f = append(f, str("srcip", m.inside()), str("srcport", m.port()), str("dstip", m.outside()), str("dstport", "443"), str("action", m.zipf("close", "accept", "deny", "timeout")), str("policyid", m.num(30)), str("service", m.zipf("HTTPS", "DNS", "tcp/8443")))
		if m.maybe(0.95 * m.open()) {
			f = append(f, str("user", m.user()), str("group", "Staff"))
		}
		if !denied {
			f = append(f, str("duration", m.num(100)), str("sentbyte", m.num(9999)), str("rcvdbyte", m.num(9999)), str("app", m.or(0.7, "SSL", "Google.Play")))
		}
	case "utm":
		f = append(f, str("srcip", m.inside()), str("dstip", m.outside()), str("url", "/"+m.hex(6)), str("catdesc", "Business"), str("hostname", "www.example.com"))
	default:
		f = append(f, str("subtype", m.zipf("system", "vpn", "user")), str("logdesc", m.words(3)), str("msg", m.words(5)))
		if m.maybe(0.5) {
			f = append(f, str("remip", m.outside()))
		}
	}
	return f
}

// auditEvent: arguments are quoted, or in hexadecimal digits if they have spaces.
func auditEvent(m *maker) []pair {
	return auditOf(m, m.zipf("SYSCALL", "PATH", "CWD", "EXECVE", "PROCTITLE", "USER_AUTH", "CRED_ACQ", "USER_CMD", "AVC"))
}

func auditOf(m *maker, kind string) []pair {
	f := []pair{str("type", kind), str("msg", fmt.Sprintf("audit(%d.%03d:%d):", m.now.Unix(), m.IntN(1000), m.n))}
	title := m.or(0.5, `/usr/sbin/cron`, strings.ToUpper(m.hex(20)))
	switch kind {
	case "SYSCALL":
		f = append(f, str("arch", "c000003e"), str("syscall", m.zipf("59", "2", "257")), str("success", m.or(0.9, "yes", "no")), str("exit", m.or(0.9, "0", "-13")), str("ppid", m.num(9999)), str("pid", m.num(9999)), str("auid", m.or(m.open(), "1000", "4294967295")), str("tty", m.or(m.open(), "pts0", "(none)")), str("comm", m.zipf("cron", "ls", "sh")), str("exe", "/usr/bin/"+m.zipf("cron", "ls")), str("key", m.or(0.3, "execs", "(null)")))
	case "PROCTITLE":
		f = append(f, str("proctitle", title))
	case "PATH":
		f = append(f, str("item", m.num(3)), str("name", m.or(0.8, "/lib/"+m.hex(4), strings.ToUpper(m.hex(30)))), str("inode", m.num(1e6)), str("dev", "fd:00"), str("mode", "0100755"), str("ouid", "0"), str("rdev", "00:00"), str("nametype", m.zipf("NORMAL", "PARENT", "CREATE")))
	case "CWD":
		f = append(f, str("cwd", m.zipf("/", "/root", "/home/x")))
	case "EXECVE":
		f = append(f, str("argc", "2"), str("a0", "ls"), str("a1", m.or(0.5, "-la", title)))
	default:
		f = append(f, str("pid", m.num(9999)), str("uid", "0"), str("acct", m.user()), str("addr", m.or(0.5*m.open(), m.inside(), "?")), str("res", m.or(0.9, "success", "failed")))
	}
	return f
}

func k8sEvent(m *maker) []pair {
	verb := m.zipf("get", "watch", "list", "update", "patch", "create", "delete")
	user := m.zipf("system:serviceaccount:kube-system:x", "system:node:n1", "system:apiserver")
	human := m.maybe(0.3 * m.open())
	if human {
		user = m.user() + "@example.com"
	}
	f := []pair{str("kind", "Event"), str("apiVersion", "audit.k8s.io/v1"), str("level", m.or(0.7, "Metadata", "RequestResponse")), str("auditID", m.hex(8)+"-"+m.hex(4)+"-"+m.hex(4)+"-"+m.hex(4)+"-"+m.hex(12)), str("stage", m.or(0.8, "ResponseComplete", "ResponseStarted")), str("requestURI", m.or(0.9, "/api/v1/namespaces/"+m.zipf("default", "kube-system")+"/pods", "/healthz")), str("verb", verb), raw("user", `{"username":"`+user+`","groups":["system:authenticated"]}`), raw("sourceIPs", `["`+m.inside()+`"]`)}
	if m.maybe(0.9) {
		f = append(f, raw("objectRef", `{"resource":"`+m.zipf("pods", "leases", "nodes")+`","namespace":"default","name":"`+m.zipf("x-1", "web")+`","apiVersion":"v1"}`))
	}
	f = append(f, raw("responseStatus", m.or(0.9, `{"code":200}`, `{"status":"Failure","reason":"NotFound","code":404}`)))
	if human {
		f = append(f, str("userAgent", "kubectl/v1.29 (linux/amd64)"), raw("requestObject", `{"kind":"Pod"}`))
	} else {
		f = append(f, str("userAgent", m.zipf("kube-controller-manager/v1", "kubelet/v1")))
	}
	return append(f, str("requestReceivedTimestamp", m.now.Format("2006-01-02T15:04:05.000000Z")), str("stageTimestamp", m.now.Format("2006-01-02T15:04:05.000000Z")))
}

func eveEvent(m *maker) []pair {
	return eveOf(m, m.zipf("flow", "dns", "tls", "http", "fileinfo", "alert", "stats"))
}

func eveOf(m *maker, kind string) []pair {
	f := []pair{str("timestamp", m.now.Format("2006-01-02T15:04:05.000000-0700"))}
	if kind == "stats" {
		return append(f, str("event_type", kind), raw("stats", `{"uptime":`+fmt.Sprint(m.n)+`,"capture":{"kernel_packets":1}}`))
	}
	f = append(f, raw("flow_id", fmt.Sprint(m.Int64N(1e15))), str("in_iface", "eth0"), str("event_type", kind), str("src_ip", m.or(0.9, m.inside(), "fe80::"+m.hex(3))), raw("src_port", m.port()), str("dest_ip", m.outside()), raw("dest_port", "443"), str("proto", m.or(0.7, "TCP", "UDP")))
	switch kind {
	case "flow":
		if m.maybe(0.7 * m.open()) {
			f = append(f, str("app_proto", m.or(0.8, "tls", "failed")))
		}
		f = append(f, raw("flow", `{"pkts_toserver":`+m.num(99)+`,"start":"`+m.iso()+`","state":"`+m.zipf("closed", "new")+`","alerted":false}`))
		if m.maybe(0.6) {
			f = append(f, raw("tcp", `{"tcp_flags":"1b","syn":true,"state":"closed"}`))
		}
	case "alert":
		f = append(f, raw("alert", `{"action":"allowed","gid":1,"signature_id":`+m.num(9999)+`,"signature":"ET `+m.words(3)+`","severity":`+m.zipf("3", "2", "1")+`}`))
		if m.maybe(0.5) {
			f = append(f, raw("http", `{"hostname":"x.example","url":"/"}`))
		}
	case "dns":
		f = append(f, raw("dns", m.or(0.5, `{"type":"query","id":1,"rrname":"a.example","rrtype":"A"}`, `{"type":"answer","id":1,"rrname":"a.example","rrtype":"A","rcode":"NOERROR","ttl":60,"rdata":"`+m.outside()+`"}`)))
	case "tls":
		f = append(f, raw("tls", m.or(0.2+0.6*m.open(), `{"sni":"a.example","version":"TLS 1.3"}`, `{"version":"TLS 1.2"}`)))
	default:
		f = append(f, raw("http", `{"hostname":"x","http_method":"GET","status":200}`))
	}
	return f
}

func squidEvent(m *maker) []pair {
	code, method, url := m.zipf("TCP_MISS/200", "TCP_TUNNEL/200", "TCP_HIT/200", "TCP_DENIED/407", "TCP_MISS/304", "NONE/503"), "GET", "http://www.example.com/"+m.hex(4)
	if strings.HasPrefix(code, "TCP_TUNNEL") || !m.maybe(0.3+m.open()) {
		method, url = "CONNECT", m.zipf("update.example.com", "api.example.net")+":443"
	}
	user, from := "", "HIER_DIRECT/"+m.outside()
	if m.maybe(m.open()) {
		user = m.user()
	}
	if strings.Contains(code, "HIT") || strings.Contains(code, "DENIED") || strings.Contains(code, "NONE") {
		from = "HIER_NONE/-"
	}
	kind := m.zipf("text/html", "image/png", "application/json")
	if method == "CONNECT" {
		kind = ""
	}
	return []pair{str("time", fmt.Sprintf("%d.%03d", m.now.Unix(), m.IntN(1000))), str("elapsed", m.num(9000)), str("client", m.inside()), str("code", code), str("size", m.num(99999)), str("method", method), str("url", url), str("user", user), str("hierarchy", from), str("type", kind)}
}

// vpcEvent: interfaces without traffic write records without data.
func vpcEvent(m *maker) []pair {
	f := []pair{str("version", "2"), str("account", "123456789010"), str("interface", "eni-"+m.hex(8))}
	start := []pair{str("start", fmt.Sprint(m.now.Unix())), str("end", fmt.Sprint(m.now.Unix()+60))}
	if !m.maybe(0.1 + 0.88*m.open()) {
		for _, k := range []string{"srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes"} {
			f = append(f, str(k, ""))
		}
		return append(append(f, start...), str("action", ""), str("status", "NODATA"))
	}
	f = append(f, str("srcaddr", m.inside()), str("dstaddr", m.outside()), str("srcport", m.port()), str("dstport", "443"), str("protocol", m.zipf("6", "17")), str("packets", m.num(99)), str("bytes", m.num(9999)))
	return append(append(f, start...), str("action", m.or(0.8, "ACCEPT", "REJECT")), str("status", "OK"))
}

func iisEvent(m *maker) []pair {
	user, query, referer := "", "", ""
	if m.maybe(m.open()) {
		user, referer = `CORP\`+m.user(), "https://intra.example/"+m.hex(3)
	}
	if m.maybe(0.3) {
		query = "id=" + m.num(99)
	}
	return []pair{str("date", m.now.Format("2006-01-02")), str("time", m.now.Format("15:04:05")), str("s-ip", "10.0.0."+m.num(3)), str("cs-method", m.zipf("GET", "POST")), str("cs-uri-stem", "/"+m.hex(3)+".aspx"), str("cs-uri-query", query), str("s-port", "443"), str("cs-username", user), str("c-ip", m.inside()), str("agent", m.or(0.8, "Mozilla/5.0+(Windows)", "")), str("referer", referer), str("status", m.zipf("200", "401", "304", "500")), str("sub", m.or(0.9, "0", "2")), str("win32", m.or(0.9, "0", "64")), str("taken", m.num(999))}
}

// rareEvent: a hundred kinds, of which most are rare, and each has fields of its
// own that may be empty.
func rareEvent(m *maker) []pair {
	k := int(m.ExpFloat64() * 12)
	f := []pair{str("time", m.iso()), raw("event_id", fmt.Sprint(1000+k)), str("host", "h"+m.num(9))}
	for i := range 3 + k%4 {
		v := m.or(0.2+0.1*float64(k%7), m.user(), "")
		if (k+i)%3 == 0 {
			v = m.or(0.95, m.num(99), "n/a")
		}
		f = append(f, str(fmt.Sprintf("p%d", (k*7+i)%40), v))
	}
	return f
}

// sensorEvent: a value is now whole, now not, and missing while the device is off.
func sensorEvent(m *maker) []pair {
	v := m.or(0.8, fmt.Sprintf("%.1f", 20+m.NormFloat64()), fmt.Sprint(20+m.IntN(4)))
	if m.burst("off", 1, 300) {
		v = m.or(0.9, "", "NaN")
	}
	return []pair{str("time", m.now.Format("2006-01-02 15:04:05")), str("id", "dev-"+m.num(4)), str("temp", v), str("hum", m.num(100)), str("lat", "48.1"), str("note", m.or(m.open(), "manual", ""))}
}

// stackEvent is a line of a stack, which is a line of its own.
func stackEvent(m *maker) []pair {
	return []pair{str("text", m.zipf("\tat com.example.A.b(A.java:"+m.num(400)+")", "\tat java.base/java.lang.Thread.run(Thread.java:829)", "Caused by: java.io.IOException: "+m.words(3), "\t... 35 more"))}
}

func javaEvent(m *maker) []pair {
	return []pair{str("time", m.now.Format("2006-01-02 15:04:05,000")), str("level", m.zipf("INFO ", "DEBUG", "WARN ", "ERROR")), str("thread", "[http-"+m.num(20)+"]"), str("text", "com.example."+m.zipf("Web", "Db")+" - "+m.words(3+m.IntN(9)))}
}

func writeText(f []pair) string {
	vs := make([]string, 0, len(f))
	for _, x := range f {
		if x.v != "" {
			vs = append(vs, x.v)
		}
	}
	return strings.Join(vs, " ")
}

// relayEvent: hosts of several kinds behind one relay, which come and go.
func relayEvent(m *maker) []pair {
	switch h := m.IntN(10); {
	case h < 4 && !m.burst("linux is away", 0.7, 200):
		return linuxEvent(m)
	case h < 7:
		return asaEvent(m)
	case h < 9 && m.maybe(m.open()):
		f := appEvent(m)
		return []pair{str("pri", "14"), str("time", m.now.Format("Jan _2 15:04:05")), str("host", "app"+m.num(3)), str("tag", "app"), str("text", writeJSON(f))}
	}
	return []pair{str("pri", "30"), str("time", m.now.Format("Jan _2 15:04:05")), str("host", "nas"), str("tag", "smartd[1]"), str("text", m.words(5))}
}

// dockerEvent: what a program writes is wrapped, words or an object.
func dockerEvent(m *maker) []pair {
	text := m.words(5) + `\n`
	if m.maybe(0.5 * m.open()) {
		text = `{\"level\":\"info\"}\n`
	}
	return []pair{raw("log", `"`+text+`"`), str("stream", m.or(0.8, "stdout", "stderr")), str("time", m.now.Format("2006-01-02T15:04:05.000000000Z"))}
}

// releaseEvent: what names a release stays for days, and may look otherwise from
// one to the next.
func releaseEvent(m *maker) []pair {
	r := int(m.now.Sub(feedStart)/(52*time.Hour)) % 9
	commit := []string{"3fa9b2c", "48219374", "9c1d2e7", "1234567", "ab12cd3", "7e12345", "0043121", "deadbee", "c0ffee1"}[r]
	version := []string{"2.3.9", "2.4", "2.4.1", "2.5", "3", "3.0.1-rc1", "3.0.1", "v3.1", "3.2.0"}[r]
	boot := []string{"a1", "2026", "b-7", "0x1f", "77", "c", "x9", "12", "q"}[r]
	return []pair{str("time", m.iso()), str("version", version), str("commit", commit), str("boot", boot), str("level", m.zipf("info", "warn")), str("msg", m.words(5)), str("leader", m.or(m.open(), "node-1", "10.0.0.1"))}
}
