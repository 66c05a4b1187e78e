package intake

import "testing"

// A topic that is gone is told of for some minutes, and then no more, if no lane
// of it is owned any longer.
func TestGoneTopicsAreNotToldForever(t *testing.T) {
	t.Parallel()
	in := newIntake(t)
	in.SetPartitions("raw", "raw-1", 1)
	in.SetPartitions("raw", "raw-2", 1)
	in.Retire("raw-1")
	in.Retire("raw-2")
	for range longTold - 1 {
		in.Told()
	}
	if got := in.Topics(); len(got) != 2 {
		t.Errorf("after %d trailers topics %q are known", longTold-1, got)
	}
	in.Told()
	if got := in.Topics(); len(got) != 1 || got[0] != "raw-1" {
		t.Errorf("topics %q are known, of raw-1 a lane is owned", got)
	}
}

// Lanes that are owned of a topic are not those of another that takes its name.
func TestIdentify(t *testing.T) {
	t.Parallel()
	in := newIntake(t)
	in.SetPartitions("raw", "raw-1", 1)
	in.SetPartitions("raw", "raw-2", 1)
	for _, step := range []struct {
		name, id string
		owned    bool
	}{
		{"raw-1", "a", false}, {"raw-1", "a", false}, {"raw-1", "", false}, {"raw-1", "b", true}, {"raw-1", "b", false},
		{"raw-2", "a", false}, {"raw-2", "b", false}, // nothing of it is owned
	} {
		if got := in.Identify(step.name, step.id); got != step.owned {
			t.Errorf("%s is %q: %t", step.name, step.id, got)
		}
	}
	if topics := in.Trailer().Topics; topics[0].ID != "b" || topics[1].ID != "b" {
		t.Errorf("told %+v", topics)
	}
}
