package series

import (
	"bytes"
	"strings"
	"testing"
)

func TestUnpack(t *testing.T) {
	t.Parallel()
	got, err := Unpack(strings.NewReader("feed,start,every,counts\na,2024-01-01T23:00:00Z,3600s,1 - 3\nb,2024-01-01T00:00:00Z,300s,0\n"))
	const want = "feed,timestamp,count\na,2024-01-01T23:00:00Z,1\na,2024-01-02T01:00:00Z,3\nb,2024-01-01T00:00:00Z,0\n"
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
	for _, bad := range []string{"", "feed,start\na,b\n", "f,s,e,c\na,today,1h,1\n", "f,s,e,c\na,2024-01-01T00:00:00Z,soon,1\n"} {
		if _, err := Unpack(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestCommitted(t *testing.T) {
	t.Parallel()
	b, err := CSV("../../testdata/series", "data.csv")
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b, []byte("\n")); n != 134955 {
		t.Errorf("%d lines", n)
	}
	some := Only(b, "sim_heartbeat1_1h")
	if n := bytes.Count(some, []byte("\n")); n != 1441 || !bytes.HasPrefix(some, []byte("feed,timestamp,count\nsim_heartbeat1_1h,2024-01-01T00:00:00Z,")) {
		t.Errorf("%d lines of one feed", n)
	}
	if _, err := CSV("../../testdata/series", "nothing.csv"); err == nil {
		t.Error("a file that is not there is read")
	}
}
