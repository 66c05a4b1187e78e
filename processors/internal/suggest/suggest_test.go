package suggest

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"header", "json", "key", "status", "bytes"}
	for word, want := range map[string]string{
		"headr": "header", "hedr": "", "headers": "header", "jsn": "json", "stauts": "status",
		"kye": "", "k": "", "": "", "zzz": "", "hdr": "", "elephant": "",
	} {
		if got := Nearest(word, known); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestHint(t *testing.T) {
	if got := Hint("byte", []string{"bytes"}); got != `did you mean "bytes"?` {
		t.Errorf("got %q", got)
	}
	if got := Hint("elephant", []string{"bytes"}); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}
