package jsonscan

// object reads on behind '{'. With n nil nothing inside is looked for.
func (s *Scanner) object(b []byte, i int, n *node, depth int) int {
	if depth > MaxDepth {
		return Invalid
	}
	i = Space(b, i)
	if i < len(b) && b[i] == '}' {
		return i + 1
	}
	for {
		var next *node
		if i, next = s.member(b, i, n); i < 0 {
			return i
		}
		if i = s.value(b, i, next, depth); i < 0 {
			return i
		}
		if i >= len(b) || b[i] <= ' ' {
			i = Space(b, i)
		}
		if i >= len(b) {
			return Truncated
		}
		switch b[i] {
		case ',':
			i++
		case '}':
			return i + 1
		default:
			return Invalid
		}
	}
}

// member reads a key and its colon. It returns the position of the value and
// the node the key leads to.
func (s *Scanner) member(b []byte, i int, n *node) (int, *node) {
	if i < len(b) && b[i] <= ' ' {
		i = Space(b, i)
	}
	var next *node
	if s.members < habits {
		h := &s.habits[s.members]
		s.members++
		if h.under == n && h.fits(b, i) {
			i, next = i+h.size, h.next
		} else {
			start := i
			if i, next = s.lookUp(b, i, n); i < 0 {
				return i, nil
			}
			h.learn(b[start:i], n, next)
		}
	} else if i, next = s.lookUp(b, i, n); i < 0 {
		return i, nil
	}
	if i < len(b) && b[i] <= ' ' {
		i = Space(b, i)
	}
	return i, next
}

// lookUp is member for a key that is not as before. The position it returns is
// that behind the colon.
func (s *Scanner) lookUp(b []byte, i int, n *node) (int, *node) {
	if i >= len(b) {
		return Truncated, nil
	}
	if b[i] != '"' {
		return Invalid, nil
	}
	start := i + 1
	end, escaped := quoted(b, start)
	if end < 0 {
		return end, nil
	}
	if i = Space(b, end+1); i >= len(b) {
		return Truncated, nil
	}
	if b[i] != ':' {
		return Invalid, nil
	}
	if n == nil || len(n.edges) == 0 {
		return i + 1, nil
	}
	key := b[start:end]
	if escaped {
		s.key = Unescape(s.key[:0], key)
		key = s.key
	}
	return i + 1, n.find(key)
}

// value reads any value at b[i], which is no space, and notes it if a path ends
// here.
func (s *Scanner) value(b []byte, i int, n *node, depth int) int {
	if i >= len(b) {
		return Truncated
	}
	v := Value{Start: i}
	var end int
	switch c := b[i]; {
	case c == '"':
		v.Kind, v.Start = String, i+1
		if end = plain(b, i+1); end >= len(b) || b[end] != '"' {
			if end, v.Escaped = quoted(b, end); end < 0 { // an escape, or an error
				return end
			}
		}
		v.End = end
		return s.note(n, v, end+1)
	case c == '-' || c-'0' <= 9:
		end, v.Kind = number(b, i)
	case c == '{':
		v.Kind = Object
		end = s.object(b, i+1, n, depth+1)
	case c == '[':
		v.Kind = Array
		end = s.array(b, i+1, depth+1)
	case c == 't':
		v.Kind = Bool
		end = literal(b, i, "true")
	case c == 'f':
		v.Kind = Bool
		end = literal(b, i, "false")
	case c == 'n':
		v.Kind = Null
		end = literal(b, i, "null")
	default:
		return Invalid
	}
	v.End = end
	return s.note(n, v, end)
}

// note keeps v if a path ends at n. It passes on end, which may be an error.
func (s *Scanner) note(n *node, v Value, end int) int {
	if n == nil || n.slot < 0 || end < 0 {
		return end
	}
	s.values[n.slot] = v
	if s.first {
		return Stopped
	}
	return end
}

// array reads on behind '['. Paths do not lead into arrays.
func (s *Scanner) array(b []byte, i int, depth int) int {
	if depth > MaxDepth {
		return Invalid
	}
	i = Space(b, i)
	if i < len(b) && b[i] == ']' {
		return i + 1
	}
	for {
		i = s.value(b, Space(b, i), nil, depth)
		if i < 0 {
			return i
		}
		i = Space(b, i)
		if i >= len(b) {
			return Truncated
		}
		switch b[i] {
		case ',':
			i++
		case ']':
			return i + 1
		default:
			return Invalid
		}
	}
}
