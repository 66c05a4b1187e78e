package config

import "sync"

// keep builds a plugin once, which is how its options are checked, and returns
// a function that hands out this one first and builds further ones when asked
// again. Nothing is built twice for having been checked.
func keep[T any](l *loader, b *block, build func() (T, error)) func() (T, error) {
	built, err := build()
	if err != nil {
		l.mistakes(b, err)
		return build
	}
	var mu sync.Mutex
	spent := false
	return func() (T, error) {
		mu.Lock()
		defer mu.Unlock()
		if spent {
			return build()
		}
		spent = true
		return built, nil
	}
}
