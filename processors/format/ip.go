package format

import "bytes"

// isIP reports whether b is an IP address as net/netip reads one. It exists
// because netip.ParseAddr allocates its errors.
func isIP(b []byte) bool {
	return isIPv4(b) || bytes.IndexByte(b, ':') >= 0 && isIPv6(b)
}

// isIPv4 reports whether b is four numbers up to 255 without leading zeros.
func isIPv4(b []byte) bool {
	if len(b) > len("255.255.255.255") {
		return false
	}
	parts, digits, n := 0, 0, 0
	for _, c := range b {
		switch d := c - '0'; {
		case d <= 9:
			if digits > 0 && n == 0 {
				return false
			}
			if n = n*10 + int(d); n > 255 {
				return false
			}
			digits++
		case c == '.' && digits > 0:
			parts, digits, n = parts+1, 0, 0
		default:
			return false
		}
	}
	return parts == 3 && digits > 0
}

// isIPv6 reports whether b is an address of RFC 4291, section 2.2: eight groups,
// one run of zero groups left out, the last two perhaps as IPv4. A zone may
// follow.
func isIPv6(b []byte) bool {
	if zone := bytes.IndexByte(b, '%'); zone >= 0 {
		if zone == len(b)-1 {
			return false
		}
		b = b[:zone]
	}
	groups, gap := 0, false
	if len(b) >= 2 && b[0] == ':' && b[1] == ':' {
		b, gap = b[2:], true
	} else if len(b) == 0 {
		return false
	}
	for len(b) > 0 {
		n := hexDigits(b)
		if n < len(b) && b[n] == '.' {
			groups += 2
			return isIPv4(b) && full(groups, gap)
		}
		if n == 0 || n > 4 {
			return false
		}
		groups++
		if b = b[n:]; len(b) == 0 {
			break
		}
		if b[0] != ':' || len(b) == 1 {
			return false
		}
		if b = b[1:]; b[0] == ':' {
			if gap {
				return false
			}
			b, gap = b[1:], true
		}
	}
	return full(groups, gap)
}

// full reports whether groups are all there: eight, or fewer around a gap.
func full(groups int, gap bool) bool {
	if gap {
		return groups < 8
	}
	return groups == 8
}

func hexDigits(b []byte) int {
	n := 0
	for n < len(b) && (b[n]-'0' <= 9 || b[n]|0x20 >= 'a' && b[n]|0x20 <= 'f') {
		n++
	}
	return n
}

// isHost reports whether b can name a host: an address, or letters, digits,
// hyphens and underscores in parts joined by dots, the last of which is not all
// digits (RFC 1123, 2.1). Underscores are no part of that but common.
func isHost(b []byte) bool {
	if len(b) == 0 || len(b) > 253 {
		return false
	}
	number, part := true, 0
	for _, c := range b {
		switch {
		case c == '.':
			if part == 0 {
				return false
			}
			number, part = true, 0
			continue
		case c-'0' <= 9:
		case c|0x20 >= 'a' && c|0x20 <= 'z', c == '-', c == '_':
			number = false
		default:
			return isIP(b)
		}
		part++
	}
	return part > 0 && !number || isIPv4(b)
}
