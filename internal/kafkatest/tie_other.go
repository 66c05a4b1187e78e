//go:build !linux

package kafkatest

import "os/exec"

// tie does nothing where no system call ties a child to its parent: a broker
// then outlives tests that are killed, but not those that end.
func tie(*exec.Cmd) {}
