package watch_test

import (
	"testing"
	"time"

	"github.com/feedgauge/feedgauge/internal/pipeline"
)

// Nothing is judged before the watermark is ahead of it by the lateness of its
// class: neither a window nor a silence.
func TestLatenessHoldsWhatIsDue(t *testing.T) {
	t.Parallel()
	b := with(t, func(p *pipeline.Pipeline) { p.Classes[0].Lateness = 10 * time.Second })
	b.named("f", epoch, 5)
	b.until(epoch + minute + 9_999)
	if len(b.history) != 0 {
		t.Errorf("a window was closed %v early", time.Millisecond)
	}
	b.named("f", epoch+59_999, 3)
	b.until(epoch + minute + 10_000)
	if len(b.history) != 1 || b.history[0].Counts.Events != 8 {
		t.Errorf("history %+v, want one window with what came within its lateness", b.history)
	}
	b.until(epoch + 3*minute + 9_999)
	b.want(t)
	b.until(epoch + 3*minute + 10_000)
	b.want(t, "open silent at 3m0s since 59.999s end -")
}
