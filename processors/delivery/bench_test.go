package delivery

import (
	"fmt"
	"testing"
)

// BenchmarkAdd takes in records of one line of 120 bytes.
func BenchmarkAdd(b *testing.B) {
	var records []Record
	for i := range 4096 {
		records = append(records, Record{Offset: int64(i), Value: fmt.Appendf(nil, "%0120d", i), Single: true})
	}
	s := &Summary{}
	b.SetBytes(120)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Add(&records[i%len(records)])
	}
}
