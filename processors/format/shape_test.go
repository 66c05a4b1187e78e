package format

import (
	"fmt"
	"strings"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestWindowsEventJSON(t *testing.T) {
	swapped(t, "windows_event_json", good["windows_event_json"], []swap{
		{"Winlogbeat", "*", `{"@timestamp":"2020-09-22T08:22:31.164Z","host":{"name":"a"},"event":{"code":"4624"},"winlog":{"event_id":4624,"channel":"Security","provider_name":"p","computer_name":"a"}}`, ""},
		{"Logstash", "*", `{"@timestamp":"2020-09-22T08:22:31.164Z","event_id":4624,"log_name":"Security","computer_name":"a"}`, ""},
		{"Fluent Bit", "*", `{"ProviderName":"p","EventID":4624,"TimeCreated":"2021-08-24 18:59:48 +0900","Channel":"Security","Computer":"a"}`, ""},
		{"evtx_dump", "*", `{"Event":{"System":{"Provider":{"#attributes":{"Name":"p"}},"EventID":{"#text":1},"TimeCreated":{"#attributes":{"SystemTime":"2021-08-24T18:59:48Z"}},"Channel":"Security","Computer":"a"}}}`, ""},
		{"PowerShell", `"2020-09-22 04:22:29"`, `"\/Date(1600762949000)\/"`, ""},
		{"id as a string", "4624", `"4624"`, ""},
		{"id missing", `"EventID":4624,`, "", feedgauge.MissingField},
		{"time missing", `,"EventTime":"2020-09-22 04:22:29"`, "", feedgauge.MissingField},
		{"id and channel swapped", `"EventID":4624,"Channel":"Security"`, `"EventID":"Security","Channel":4624`, feedgauge.BadType},
		{"time", "2020-09-22 04:22:29", "day 2020-09-22 04.22.29", feedgauge.BadTimestamp},
		{"cut", `"a","EventTime":"2020-09-22 04:22:29"}`, `"a","Ev`, feedgauge.Truncated},
		{"not JSON", "*", "{'EventID'='4624'}", feedgauge.Syntax},
		{"key twice", `"Hostname":"a"`, `"Hostname":"a","Hostname":"a"`, feedgauge.DuplicateKey},
	})
	swapped(t, "sysmon", good["sysmon"], []swap{
		{"another channel", "Microsoft-Windows-Sysmon/Operational", "Security", feedgauge.BadType},
		{"id missing", `"EventID":1,`, "", feedgauge.MissingField},
		{"address", `"Hostname"`, `"SourceIp":"x","Hostname"`, feedgauge.BadType},
	})
	holds(t, "sysmon", good["sysmon"], map[string]string{"(kind)": "1", "(time)": feedgauge.Instant(1603338721033).String()})
}

func TestCloudTrail(t *testing.T) {
	swapped(t, "cloudtrail", good["cloudtrail"], []swap{
		{"LookupEvents", "*", `{"EventId":"0828c0d2-3589-4390-b954-c78b4a7df44b","EventName":"a","EventTime":"2022-02-08 09:23:37+11:00","EventSource":"ec2.amazonaws.com","CloudTrailEvent":"{}"}`, ""},
		{"EventBridge", "*", `{"version":"0","detail":{"eventVersion":"1.08","eventTime":"2021-12-02T22:11:24Z","eventSource":"s3.amazonaws.com","eventName":"a","awsRegion":"eu-west-1"}}`, ""},
		{"no source", `"eventSource":"s3.amazonaws.com",`, "", feedgauge.MissingField},
		{"blank region", "eu-west-1", "", feedgauge.MissingField},
		{"time and region swapped", `"eventTime":"2021-12-02T22:11:24Z"`, `"eventTime":"eu-west-1"`, feedgauge.BadTimestamp},
		{"identity a string", `{"type":"AWSService"}`, `"x"`, feedgauge.BadType},
		{"region a time", "eu-west-1", "2021-12-02T22:11:24Z", feedgauge.BadType},
	})
}

func TestSuricata(t *testing.T) {
	swapped(t, "suricata", good["suricata"], []swap{
		{"statistics", "*", `{"timestamp":"2023-04-07T00:20:14.995497+0800","event_type":"stats","stats":{"uptime":1}}`, ""},
		{"time without zone", "+0100", "", ""},
		{"decoder alert", `"src_ip":"192.0.2.1","src_port":49678,"dest_ip":"192.0.2.2","dest_port":22,"proto":"TCP",`, "", ""},
		{"no time", `"timestamp":"2019-01-02T03:50:11.315110+0100",`, "", feedgauge.MissingField},
		{"no signature", `{"signature_id":2001219}`, `{}`, feedgauge.MissingField},
		{"flow without address", "*", `{"timestamp":"2023-04-07T00:20:14.995497+0800","event_type":"flow","src_ip":"192.0.2.1","proto":"TCP","flow":{}}`, feedgauge.MissingField},
		{"address and port swapped", `"src_ip":"192.0.2.1"`, `"src_ip":22`, feedgauge.BadType},
		{"port a string", `49678`, `"49678"`, feedgauge.BadType},
		{"time", "2019-01-02T", "day 2019-01-02 / ", feedgauge.BadTimestamp},
	})
	holds(t, "suricata", good["suricata"], map[string]string{"(kind)": "alert", "alert.signature_id": "2001219"})
}

func TestK8sAudit(t *testing.T) {
	swapped(t, "k8s_audit", good["k8s_audit"], []swap{
		{"older", "stageTimestamp", "timestamp", ""},
		{"no verb", `"verb":"list",`, "", feedgauge.MissingField},
		{"verb and stage swapped", `"stage":"ResponseComplete"`, `"stage":"list"`, feedgauge.BadType},
		{"level", "Metadata", "All", feedgauge.BadType},
		{"addresses", `["::1"]`, `"::1"`, feedgauge.BadType},
		{"time", "2017-09-11T19", "day 2017-09-11 / 19", feedgauge.BadTimestamp},
	})
	holds(t, "k8s_audit", good["k8s_audit"], map[string]string{"(kind)": "list", "user.username": "a", "(time)": feedgauge.Instant(1505159705123).String()})
}

func TestOsquery(t *testing.T) {
	swapped(t, "osquery", good["osquery"], []swap{
		{"numbers", `"1514472008"`, "1514472008", ""},
		{"snapshot", "*", `{"snapshot":[{"a":"b"}],"action":"snapshot","name":"n","unixTime":"1514472008"}`, ""},
		{"batch", "*", `{"diffResults":{"added":[],"removed":""},"name":"n","unixTime":1514472008}`, ""},
		{"status", "*", `{"severity":"0","filename":"scheduler.cpp","line":"105","message":"Executing","version":"2.3.2","unixTime":"1514472008"}`, ""},
		{"no columns", `"columns":{"path":"/"},`, "", feedgauge.MissingField},
		{"no name", `"name":"mounts",`, "", feedgauge.MissingField},
		{"action", `"added"`, `"changed"`, feedgauge.BadType},
		{"time in words", "Thu Dec 28 14:40:08 2017 UTC", "2017/12/28", feedgauge.BadTimestamp},
	})
}

func TestOTLP(t *testing.T) {
	swapped(t, "otlp_json", good["otlp_json"], []swap{
		{"number for an integer of 64 bits", `"1544712660300000000"`, "1544712660300000000", ""},
		{"upper case", "5b8efff798038103d269b633813fc60c", "5B8EFFF798038103D269B633813FC60C", ""},
		{"no trace", "5b8efff798038103d269b633813fc60c", "", ""},
		{"name of a severity", `9`, `"SEVERITY_NUMBER_INFO"`, ""},
		{"spans", "*", `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"a","startTimeUnixNano":"1544712660300000000"}]}]}]}`, ""},
		{"nothing", "*", `{"resourceLogs":[]}`, ""},
		{"another object", "*", `{"a":1}`, feedgauge.MissingField},
		{"no array", "*", `{"resourceLogs":{}}`, feedgauge.BadType},
		{"records no array", `"logRecords":[`, `"logRecords":1,"x":[`, feedgauge.BadType},
		{"records no objects", `"logRecords":[`, `"logRecords":[1,`, feedgauge.BadType},
		{"id too short", "eee19b7ec3c1b174", "eee19b7e", feedgauge.BadType},
		{"severity too high", `9`, "25", feedgauge.BadType},
		{"body a string", `{"stringValue":"a"}`, `"a"`, feedgauge.BadType},
		{"time", `"1544712660300000000"`, `"2018-12-13T14:51:00Z"`, feedgauge.BadTimestamp},
	})
	holds(t, "otlp_json", good["otlp_json"], map[string]string{"(kind)": "resourceLogs", "body.stringValue": "a", "spanId": "eee19b7ec3c1b174", "(time)": feedgauge.Instant(1544712660300).String()})
}

func TestLooseTimes(t *testing.T) {
	for text, want := range map[string]feedgauge.Clock{
		"2020-10-22T03:52:01.720Z": feedgauge.ZonedClock, "2020-09-22 04:22:29": feedgauge.LocalClock, "1666277021": feedgauge.ZonedClock,
		"1666277021.5": feedgauge.ZonedClock, "1666277021195000000": feedgauge.ZonedClock, "Oct 20 14:43:41": feedgauge.YearlessClock,
		"Oct 20 2022 14:43:41.195 CET": feedgauge.LocalClock, "Oct 20 2022 14:43:41 GMT+02:00": feedgauge.ZonedClock, "2021-08-24 18:59:48 +0900": feedgauge.ZonedClock,
		"10/22/2020 3:52:01 AM": feedgauge.LocalClock, "22/Oct/2020:03:52:01 +0000": feedgauge.ZonedClock, "2015/01/05 05:38:58": feedgauge.LocalClock,
		"yesterday": feedgauge.NoClock, "": feedgauge.NoClock, "12": feedgauge.NoClock, "2020-13-01 00:00:00": feedgauge.NoClock, "99999999999999999999": feedgauge.NoClock, "Oct 20 2022": feedgauge.NoClock,
	} {
		if _, got := looseTime([]byte(text)); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

// An event that is refused since it lacks a field is of its kind all the same, and one
// whose kind is null is of none.
func TestKindOfRefused(t *testing.T) {
	const event = `{"eventVersion":"1.08","eventTime":"2021-12-02T22:11:28Z","eventSource":"s3.amazonaws.com","eventName":"x","awsRegion":"eu-west-1"}`
	k := newChecker(t, "cloudtrail").(feedgauge.EventReader)
	for _, tt := range []struct{ old, with, want string }{
		{"", "", "s3.amazonaws.com"},
		{`,"awsRegion":"eu-west-1"`, "", "s3.amazonaws.com missing_field"},
		{`"s3.amazonaws.com"`, "null", " missing_field"},
	} {
		k.Read(&feedgauge.Record{Value: []byte(strings.Replace(event, tt.old, tt.with, 1))}, func(e *feedgauge.Event) {
			if got := strings.TrimRight(fmt.Sprintf("%s %s", e.Kind, e.Reason), " "); got != tt.want {
				t.Errorf("without %s: %q, want %q", tt.old, got, tt.want)
			}
		})
	}
}
