package processortest

import (
	"bytes"
	"slices"

	"pgregory.net/rapid"
)

// mib is the length of the longest value tried, that of Kafka's default limit
// for a record.
const mib = 1 << 20

// oddValues are values that formats tend to trip over.
func oddValues() [][]byte {
	values := [][]byte{nil, {}}
	for _, s := range []string{
		"\n", "\r\n", "\r", " ", "\t \n\n", "\x00", "\xff", "\ufeff", "\ufeff\n", "a\xffb\n", "\xed\xa0\x80",
		"{", "}", `"`, `\`, "[", "]", "<", ">", "-", ",", ":", "=", "'", `{"`, `{"a":`, `{"a":1}{`, "[[[[[[[[", "<999>", "0", "-", "null",
	} {
		values = append(values, []byte(s))
	}
	for _, c := range []string{"a", "\x00", "\xff", "\n", " ", `"`, `\`, "[", "{", `{"a":`, "é"} {
		values = append(values, bytes.Repeat([]byte(c), mib/len(c)))
	}
	return values
}

// cuts are the beginnings of sample, of long ones the short beginnings only.
func cuts(sample []byte) [][]byte {
	var out [][]byte
	for n := range min(len(sample), 512) {
		out = append(out, sample[:n])
	}
	return out
}

// longLine is sample with its last byte but one repeated up to 1 MiB, so that a
// long column or string stands in a line that is otherwise good.
func longLine(sample []byte) []byte {
	if len(sample) < 2 || len(sample) >= mib {
		return slices.Clone(sample)
	}
	at := len(sample) - 2
	return slices.Concat(sample[:at], bytes.Repeat(sample[at:at+1], mib-len(sample)), sample[at:])
}

// damaged draws a value: any bytes, or a sample that was cut, joined with
// another, or changed in a few places.
func damaged(t *rapid.T, samples [][]byte) []byte {
	anyBytes := rapid.SliceOfN(rapid.Byte(), 0, 64)
	if len(samples) == 0 || rapid.IntRange(0, 4).Draw(t, "source") == 0 {
		return anyBytes.Draw(t, "bytes")
	}
	one := rapid.SampledFrom(samples)
	value := slices.Clone(one.Draw(t, "sample"))
	switch rapid.IntRange(0, 3).Draw(t, "damage") {
	case 0:
		value = value[:rapid.IntRange(0, len(value)).Draw(t, "cut")]
	case 1:
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\n\n", "", "\x00"}).Draw(t, "end")
		value = slices.Concat(value, []byte(end), one.Draw(t, "next"))
	case 2:
		at := rapid.IntRange(0, len(value)).Draw(t, "at")
		value = slices.Insert(value, at, anyBytes.Draw(t, "bytes")...)
	case 3:
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			if len(value) > 0 {
				value[rapid.IntRange(0, len(value)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
			}
		}
	}
	return value
}
