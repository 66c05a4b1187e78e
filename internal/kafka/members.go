package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// Deserted returns nil when none of the groups has members. A member that has
// stopped is still one until its session times out, so it waits for that long
// before the error that names those who stay.
func Deserted(ctx context.Context, adm *kadm.Client, within time.Duration, groups ...string) error {
	deadline := time.Now().Add(within)
	for {
		names, err := members(ctx, adm, groups)
		if err != nil || len(names) == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the monitor is running: stop %s first", strings.Join(names, ", "))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// members names who is in the groups.
func members(ctx context.Context, adm *kadm.Client, groups []string) ([]string, error) {
	described, err := adm.DescribeGroups(ctx, groups...)
	if err != nil {
		return nil, fmt.Errorf("who is in the groups %q cannot be told: %w", groups, err)
	}
	var names []string
	for _, g := range described.Sorted() {
		if g.Err != nil && !errors.Is(g.Err, kerr.GroupIDNotFound) { // a group nobody has used yet
			return nil, fmt.Errorf("who is in group %q cannot be told: %w", g.Group, g.Err)
		}
		for _, m := range g.Members {
			name := m.ClientID + " at " + m.ClientHost
			if m.InstanceID != nil {
				name = *m.InstanceID
			}
			names = append(names, fmt.Sprintf("%q (%s)", name, g.Group))
		}
	}
	slices.Sort(names)
	return names, nil
}
