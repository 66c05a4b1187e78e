package memory

import (
	"reflect"
	"testing"

	"github.com/feedgauge/feedgauge"
)

func TestPollInBatches(t *testing.T) {
	t.Parallel()
	records := []feedgauge.Record{{Topic: "b", Offset: 4}, {Topic: "a", Partition: 1, Offset: 0}, {Topic: "b", Offset: 5}}
	for _, tt := range []struct {
		batch int
		want  []int
	}{{0, []int{3}}, {1, []int{1, 1, 1}}, {2, []int{2, 1}}, {9, []int{3}}} {
		s := New(records, tt.batch)
		var got []int
		for {
			b, err := s.Poll(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, len(b.Records))
			if b.Done {
				break
			}
		}
		if !reflect.DeepEqual(got, tt.want) {
			t.Errorf("batch %d: polls of %v, want %v", tt.batch, got, tt.want)
		}
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	s := New([]feedgauge.Record{{Topic: "b", Offset: 4}, {Topic: "a", Partition: 1, Offset: 0}, {Topic: "b", Offset: 5}}, 1)
	got, err := s.Ends(t.Context())
	want := []feedgauge.LaneEnd{
		{Lane: feedgauge.Lane{Topic: "a", Partition: 1}, High: 1, Stable: 1},
		{Lane: feedgauge.Lane{Topic: "b"}, High: 6, Stable: 6},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("ends %+v, %v; want %+v", got, err, want)
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	if b, err := New(nil, 0).Poll(t.Context()); err != nil || !b.Done || len(b.Records) != 0 {
		t.Errorf("poll of nothing: %+v, %v", b, err)
	}
}
