//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package kafka

// lock claims nothing here: the system has no lock that ends with its process
// and can be tried without waiting.
func lock(string) (unlock func() error, err error) {
	return func() error { return nil }, nil
}
