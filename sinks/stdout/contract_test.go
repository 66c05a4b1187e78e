package stdout

import (
	"bytes"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/sinks/sinktest"
)

func TestSinkKeepsTheContract(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{{Encode: Text}, {Encode: OCSF}, {Encode: Text, Historical: true}} {
		sinktest.Sink(t, func() feedgauge.Sink { return sink(t, c, &bytes.Buffer{}) }, alerts(t))
	}
}

// What was left out is said once, however often the sink is closed.
func TestCloseSaysItOnce(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := sink(t, Config{Encode: Text}, &out)
	write(t, s, alert(t, feedgauge.Open, feedgauge.High, "a", "silent", "m", 0, false))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := bytes.Count(out.Bytes(), []byte("in all")); n != 1 {
		t.Errorf("said %d times:\n%s", n, out.String())
	}
}
