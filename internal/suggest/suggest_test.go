package suggest

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	measures := []string{"window.events", "window.errors", "forecast.events.expected"}
	words := []string{"header", "json", "key", "status", "bytes", "const"}
	for _, tt := range []struct {
		word       string
		candidates []string
		want       string
	}{
		{"window.event", measures, "window.events"},
		{"windw.events", measures, "window.events"},
		{"Window.Errors", measures, "window.errors"},
		{"forecast.event.expected", measures, "forecast.events.expected"},
		{"zebra", measures, ""},
		{"", measures, ""},
		{"headr", words, "header"},
		{"headers", words, "header"},
		{"jsn", words, "json"},
		{"kye", words, "key"},       // neighbours changed places
		{"stauts", words, "status"}, // the same, in a longer word
		{"tsatsu", words, ""},       // only once
		{"bytse", words, "bytes"},
		{"hedr", words, ""}, // two letters of four are no slip
		{"host", words, ""},
		{"k", words, ""},
		{"x", []string{"y"}, ""},
		{"elephant", words, ""},
		{"grün", []string{"gürn"}, "gürn"},
		{strings.Repeat("a", 101), []string{strings.Repeat("a", 100)}, ""},
		{"wet", []string{"web", "net"}, "web"},
	} {
		if got := Nearest(tt.word, tt.candidates); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

func TestHint(t *testing.T) {
	t.Parallel()
	if got, want := Hint("byte", []string{"bytes"}), `did you mean "bytes"?`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Hint("elephant", []string{"bytes"}); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	if got, want := DidYouMean("hihg", []string{"low", "high"}), `did you mean "high"?`; got != want {
		t.Errorf("near miss: %q, want %q", got, want)
	}
	if got, want := DidYouMean("purple", []string{"low", "high"}), "one of: low, high"; got != want {
		t.Errorf("no near miss: %q, want %q", got, want)
	}
	if got := DidYouMean("purple", nil); got != "" {
		t.Errorf("no candidates: %q, want nothing", got)
	}
}
