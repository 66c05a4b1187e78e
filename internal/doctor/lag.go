package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/feedgauge/feedgauge/internal/kafka"
	"github.com/feedgauge/feedgauge/internal/tail"
)

// lag tells how far intake and watch are behind, which is no finding: a monitor that
// has been stopped is. Records that are deleted before they are read are one.
func (e *examination) lag(ctx context.Context) {
	for _, role := range []string{kafka.RoleIntake, kafka.RoleWatch} {
		group := e.Pipeline.Kafka.Prefix + "-" + role
		lags, err := e.adm.Lag(ctx, group)
		l := lags[group]
		if err != nil || l.Error() != nil {
			continue // told as a missing right
		}
		if role == kafka.RoleIntake {
			e.busy = len(l.Members) > 0
		}
		e.checks = append(e.checks, behind(role, len(l.Members), l.Lag)...)
	}
}

// behind judges the lag of a role.
func behind(role string, members int, lag kadm.GroupLag) []Check {
	var records, deleted int64
	lost := make(map[string]bool)
	for _, l := range lag.Sorted() {
		records += max(0, l.Lag)
		if l.Err == nil && l.Commit.At >= 0 && l.Commit.At < l.Start.Offset {
			lost[l.Topic] = true
			deleted += l.Start.Offset - l.Commit.At
		}
	}
	who := tail.Plural(int64(members), "member") + " at work"
	if members == 0 {
		who = "nobody runs it"
	}
	out := []Check{{About: "lag", OK: true, Says: fmt.Sprintf("%s is %s behind, %s", role, tail.Plural(records, "record"), who)}}
	if deleted > 0 {
		out = append(out, Check{
			About: "lag",
			Says:  fmt.Sprintf("%s of %s were deleted by retention before %s read them", tail.Plural(deleted, "record"), some(slices.Sorted(maps.Keys(lost))), role),
			Do:    fmt.Sprintf("start %s, or more members of it, and raise retention.ms of what it reads", role),
		})
	}
	return out
}
