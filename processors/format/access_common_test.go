package format

import "testing"

func TestAccessCommon(t *testing.T) {
	t.Parallel()
	const line = `mjv.lib.uconn.edu - - [06/Jul/1995:13:34:03 -0400] "GET /a.mpg HTTP/1.0" 200 543680`
	checkLines(t, newChecker(t, "access_common"), map[string]string{
		line: "", line + " 0.5": "", line + ` "-" "curl"`: "",
		`***.example.dk - - [06/Jul/1995:13:34:03 -0400] "GET /a b.mpg" 404 -`:                     "",
		`www.example.com:80 192.0.2.1 - frank [06/Jul/1995:13:34:03 -0400] "GET / HTTP/1.0" 200 5`: "",
		`- - [06/Jul/1995:13:34:03 -0400] "GET / HTTP/1.0" 200 5`:                                  "columns",
		`200 - - [06/Jul/1995:13:34:03 -0400] "GET / HTTP/1.0" 192.0.2.1 5`:                        "type client",
		`192.0.2.1 - - [06/Jul/1995:13:34:03 -0400] "GET / HTTP/1.0" 200`:                          "columns",
		`192.0.2.1 - - [06/Jul/1995:13:34:03 -0400] "GET / HTT`:                                    "truncated",
		`192.0.2.1 - - [1995-07-06T13:34:03Z] "GET / HTTP/1.0" 200 5`:                              "timestamp time",
		line + ` "-" "cu`: "truncated",
	})
	if got, want := parts(t, newChecker(t, "access_common"), line), "@1995-07-06T17:34:03Z/1|client=mjv.lib.uconn.edu|ident=-|user=-|time=06/Jul/1995:13:34:03 -0400|status=200|bytes=543680|referer=|agent=|method=GET|path=/a.mpg|protocol=HTTP/1.0"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
