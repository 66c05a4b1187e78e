package kafkatest

import (
	"os/exec"
	"syscall"
)

// tie has the kernel kill the child when the thread that starts it ends, which
// it does at the latest with our process, even one that is killed. The child
// gets a process group of its own, so that Ctrl-C reaches only the tests, which
// then stop it.
func tie(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
