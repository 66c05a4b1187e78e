package format

import (
	"net/netip"
	"strings"
	"testing"
)

var addresses = []string{
	"192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "1::", "fe80::1%eth0", "2001:db8::8:800:200c:417a",
	"1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "64:ff9b::192.0.2.33", "ABCD:EF01::",
	"256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1..2.3", ".1.2.3", "1.2.3.", "1.2.3.4 ", "a.b.c.d", "", ":", ":::", "1::2::3",
	"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "1:", "::1:",
	"fe80::1%", "%eth0", "%a:b", "1:2:3:4:5:6:7:192.0.2.1", "::192.0.2.1:1", "::1.2.3", "1.2.3.4%eth0", "1.2.3.4::", "9999999999.1.1.1",
}

func TestIPAgreesWithNetip(t *testing.T) {
	for _, text := range addresses {
		_, err := netip.ParseAddr(text)
		if got, want := isIP([]byte(text)), err == nil; got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func FuzzIP(f *testing.F) {
	for _, text := range addresses {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := netip.ParseAddr(text)
		if got, want := isIP([]byte(text)), err == nil; got != want {
			t.Fatalf("%q: got %v, want %v", text, got, want)
		}
	})
}

func TestIsHost(t *testing.T) {
	for text, want := range map[string]bool{
		"192.0.2.1": true, "::1": true, "web-01": true, "crawl-66-249-66-1.googlebot.com": true, "my_host": true, "3com.com": true,
		"xn--bcher-kva.example": true, "200": false, "1.2.3": false, "300.1.1.1": false, "": false, "a..b": false, ".a": false,
		"a.": false, "a b": false, "a;b": false, "a:80": false, "é": false, strings.Repeat("a", 254): false, "a\x00": false,
	} {
		if got := isHost([]byte(text)); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
