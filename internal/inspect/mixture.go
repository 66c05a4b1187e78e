package inspect

import "github.com/feedgauge/feedgauge/processors/profile"

// leastCommon is how many fields two notations have to have in common to be one
// program's.
const leastCommon = 3

// mixture is the format of lines that one program wrote in two notations, as when
// it was switched from one to the other: the format that accepts nine in ten of
// the lines in the more frequent one. Nil if lines are not so. Streams of several
// programs share no fields, and are of no format.
func (l *look) mixture() *attempt {
	main, other := l.shape.notations()
	if !l.shape.same(main, other) || float64(l.shape.structures[main]+l.shape.structures[other]) < enough*float64(l.shape.records) {
		return nil
	}
	var best *attempt
	for _, a := range l.tried {
		if a.fits && float64(a.accepted) >= enough*float64(l.shape.structures[main]) && a.accepted <= l.shape.structures[main] && (best == nil || rank(a.name) < rank(best.name)) {
			best = a
		}
	}
	return best
}

// notations are the two that most lines are in, the more frequent first.
func (s *shape) notations() (main, other profile.Structure) {
	for st, n := range s.structures {
		if most := s.structures[other]; st != s.main && (n > most || n == most && st < other) {
			other = st
		}
	}
	return s.main, other
}

// same reports whether half of the fields that most lines in one notation have are
// in most lines of the other too.
func (s *shape) same(a, b profile.Structure) bool {
	named, common := 0, 0
	for name, n := range s.namesOf[a] {
		if 2*n < s.structures[a] {
			continue
		}
		named++
		if 2*s.namesOf[b][name] >= s.structures[b] && s.structures[b] > 0 {
			common++
		}
	}
	return common >= leastCommon && 2*common >= named
}
