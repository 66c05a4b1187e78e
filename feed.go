package feedgauge

import (
	"strings"
	"unicode/utf8"
)

// MaxName is the longest feed or tenant name accepted, in bytes.
const MaxName = 255

// FeedID names one stream of logs that should arrive.
type FeedID struct {
	Tenant, Name string
}

// Identity returns the bytes that identify the feed on our topics: tenant, a
// zero byte, name. Neither part can hold a zero byte (see [GoodName]), so the
// encoding is one to one, and it sorts by tenant first.
func (f FeedID) Identity() string { return f.Tenant + "\x00" + f.Name }

// ParseIdentity is the inverse of [FeedID.Identity]; ok is false when identity
// has no zero byte.
func ParseIdentity(identity string) (f FeedID, ok bool) {
	tenant, name, ok := strings.Cut(identity, "\x00")
	return FeedID{Tenant: tenant, Name: name}, ok
}

// Less orders feeds by identity bytes.
func (f FeedID) Less(g FeedID) bool {
	if f.Tenant != g.Tenant {
		return f.Identity() < g.Identity()
	}
	return f.Name < g.Name
}

// String returns tenant/name.
func (f FeedID) String() string { return f.Tenant + "/" + f.Name }

// GoodName reports whether b may name a feed or a tenant: 1 to [MaxName] bytes
// of valid UTF-8 without control characters.
func GoodName(b []byte) bool {
	if len(b) == 0 || len(b) > MaxName {
		return false
	}
	for _, c := range b {
		if c < 0x20 || c == 0x7f {
			return false
		}
		if c >= utf8.RuneSelf {
			return goodUnicode(b)
		}
	}
	return true
}

// goodUnicode is the slow half of GoodName: C1 controls (U+0080 to U+009F) are
// control characters too.
func goodUnicode(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 || r < 0x20 || r >= 0x7f && r < 0xa0 {
			return false
		}
		b = b[n:]
	}
	return true
}

// Partition returns the partition of identity on each of our topics: Kafka's
// default hash of a key, (murmur2 & 0x7fffffff) mod n. It is set explicitly by
// the producer, so that any client finds the same place.
func Partition(identity string, n int32) int32 {
	return int32(murmur2(identity)&0x7fffffff) % n
}

// murmur2 is the 32-bit hash of Kafka's Java client
// (org.apache.kafka.common.utils.Utils.murmur2): Austin Appleby's MurmurHash2
// with seed 0x9747b28c.
func murmur2(key string) uint32 {
	const (
		seed = uint32(0x9747b28c)
		m    = uint32(0x5bd1e995)
		r    = 24
	)
	h := seed ^ uint32(len(key))
	for ; len(key) >= 4; key = key[4:] {
		k := uint32(key[0]) | uint32(key[1])<<8 | uint32(key[2])<<16 | uint32(key[3])<<24
		k *= m
		k ^= k >> r
		k *= m
		h = h*m ^ k
	}
	switch len(key) {
	case 3:
		h ^= uint32(key[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(key[1]) << 8
		fallthrough
	case 1:
		h = (h ^ uint32(key[0])) * m
	}
	h = (h ^ h>>13) * m
	return h ^ h>>15
}
