package engine

import (
	"maps"
	"slices"
	"testing"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
)

func TestOnlySomeRoles(t *testing.T) {
	t.Parallel()
	p := &pipeline.Pipeline{Sinks: []*pipeline.Sink{
		{Name: "topic"}, {Name: "out", Open: func() (feedgauge.Sink, error) { return nil, nil }},
	}}
	for _, tt := range []struct{ only, want []string }{
		{nil, []string{"deliver out", "intake 0", "watch 0"}},
		{[]string{"intake"}, []string{"intake 0"}},
		{[]string{"watch", "deliver"}, []string{"deliver out", "watch 0"}},
	} {
		e := &Engine{Options: Options{Pipeline: p, Only: tt.only}}
		if got := slices.Sorted(maps.Keys(e.roles())); !slices.Equal(got, tt.want) {
			t.Errorf("only %q: %q, want %q", tt.only, got, tt.want)
		}
	}
}
