package suggest

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	candidates := []string{"window.events", "window.errors", "forecast.events.expected"}
	for _, tt := range []struct{ word, want string }{
		{"window.event", "window.events"},
		{"windw.events", "window.events"},
		{"Window.Errors", "window.errors"},
		{"forecast.event.expected", "forecast.events.expected"},
		{"zebra", ""},
		{"", ""},
	} {
		if got := Nearest(tt.word, candidates); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
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
}
