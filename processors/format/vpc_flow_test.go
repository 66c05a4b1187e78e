package format

import "testing"

func TestVPCFlow(t *testing.T) {
	t.Parallel()
	const custom = "version vpc-id pkt-srcaddr flow-direction log-status start\n"
	checkLines(t, newChecker(t, "vpc_flow"), map[string]string{
		good["vpc_flow"]: "",
		"2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA":                           "",
		"2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - SKIPDATA":                         "",
		"2 unknown eni-1235b8ca123456789 2001:db8::1 ::1 34892 22 6 54 8855 1477913708 1477913820 ACCEPT OK":          "",
		"2 123456789010 ACCEPT 192.0.2.139 192.0.2.21 20641 22 6 20 4249 1418530010 1418530070 eni-1235b8ca OK":       "type interface-id",
		"2 123456789010 eni-1235b8ca 192.0.2.139 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK":                  "columns",
		"2 123456789010 eni-1235b8ca 192.0.2.139 192.0.2.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK extra": "columns",
		"2 123456789010 eni-1235b8ca 192.0.2.139 192.0.2.21 20641 22 6 20 4249 T+1418530010 1418530070 ACCEPT OK":     "timestamp start",
		"2 123456789010 eni-1235b8ca 192.0.2.139 192.0.2.21 20641 22 6 20 4249 1418530010 2014-12-14 ACCEPT OK":       "timestamp end",
		"2 123456789010 eni-1235b8ca 192.0.2.139 192.0.2.21 20641 22 6 20 4249 1418530010 1418530070 DENY OK":         "type action",
		"2;123456789010;eni-1235b8ca;192.0.2.139;192.0.2.21;20641;22;6;20;4249;1418530010;1418530070;ACCEPT;OK":       "columns",
		custom + "5 vpc-1 192.0.2.1 ingress OK 1418530010":                                                            "",
		custom + "5 vpc-1 192.0.2.1 inward OK 1418530010":                                                             "type flow-direction",
		custom + "5 vpc-1 192.0.2.1 ingress OK":                                                                       "columns",
		custom:                                                                                                        "",
		"version elephant":                                                                                            "columns",
	})
	if got, want := parts(t, newChecker(t, "vpc_flow"), custom+"5 vpc-1 192.0.2.1 ingress OK 1418530010"),
		"(OK)|@2014-12-14T04:06:50Z/1|version=5|vpc-id=vpc-1|pkt-srcaddr=192.0.2.1|flow-direction=ingress|log-status=OK|start=1418530010"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
