package format

import "testing"

func TestZeekJSON(t *testing.T) {
	t.Parallel()
	checkLines(t, newChecker(t, "zeek_json"), map[string]string{
		`{"ts":1575413096.052279,"uid":"C","id.orig_h":"192.0.2.97","id.orig_p":49187}`: "",
		`{"ts":"2019-12-03T22:44:56.052279Z","id_resp_h":"::1","id_resp_p":0}`:          "",
		`{"ts":1,"id":{"orig_h":"192.0.2.97","resp_p":"x"}}`:                            "type id.resp_p",
		`{"ts":1,"id_orig_h":53}`:          "type id_orig_h",
		`{"ts":1,"id.resp_p":"192.0.2.1"}`: "type id.resp_p",
		`{"ts":1,"id.resp_p":70000}`:       "type id.resp_p",
		`{"ts":1,"orig_bytes":-1}`:         "type orig_bytes",
		`{"ts":1,"AA":"T"}`:                "type AA",
		`{"ts":"day 1"}`:                   "timestamp ts",
		`{"uid":"C"}`:                      "missing_field ts",
		`{"ts":1,"uid":`:                   "truncated",
		`{'ts'='1';'uid'='2'}`:             "syntax",
		`{"ts":1,"tunnel_parents":["x"]}`:  "",
	})
	for text, want := range map[string]string{
		`{"_path":"dns","ts":1}`: "(dns)|@1970-01-01T00:00:01Z/1|_path=dns|ts=1", `{"@stream":"x509","ts":1}`: "(x509)|@1970-01-01T00:00:01Z/1|@stream=x509|ts=1",
	} {
		if got := parts(t, newChecker(t, "zeek_json"), text); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
