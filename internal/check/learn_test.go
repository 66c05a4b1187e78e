package check

import (
	"fmt"
	"strings"
	"testing"
)

// learnt checks text as one file and returns what was learnt that is more than
// information.
func learnt(t *testing.T, format, text string) []string {
	t.Helper()
	o := options(t, format)
	o.Learn = true
	report, err := Run(t.Context(), o, strings.NewReader(text), []string{"-"})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range *report.Learned {
		if l.Severity == "finding" {
			out = append(out, fmt.Sprintf("%d %s %s", l.Line, l.Kind, l.Field))
		}
	}
	if len(out) != report.Findings() {
		t.Errorf("%d findings, but %q", report.Findings(), out)
	}
	return out
}

func TestLearn(t *testing.T) {
	t.Parallel()
	row := "1331901000.0\tC1\t10.0.0.1\n"
	zeek := "#separator \\x09\n#fields\tts\tuid\tid.orig_h\n#types\ttime\tstring\taddr\n"
	trail := func(i int, source string) string {
		return fmt.Sprintf(`{"eventVersion":"1.08","eventTime":"2021-12-02T22:11:28Z",%s"eventName":"Event%d","awsRegion":"eu-west-1"}`+"\n", source, i%9)
	}
	var cloud, lost strings.Builder
	for i := range 400 {
		cloud.WriteString(trail(i, fmt.Sprintf(`"eventSource":"s%d.amazonaws.com",`, i%3)))
		lost.WriteString(trail(i, ""))
	}
	for name, tt := range map[string]struct {
		format, text string
		want         []string
	}{
		"alike":          {"zeek_tsv", zeek + strings.Repeat(row, 400), nil},
		"only headers":   {"zeek_tsv", zeek + strings.Repeat(row, 400) + strings.Repeat(zeek, 3000), []string{"404 layout "}},
		"an empty field": {"zeek_tsv", zeek + strings.Repeat(row, 400) + strings.Repeat("1331901000.0\tC1\t-\n", 100), []string{"404 field_empty id.orig_h"}},
		// The field that tells the kind, where another would do as well.
		"the kind": {"cloudtrail", cloud.String() + lost.String(), []string{"401 field_missing eventSource"}},
		// What the format refuses is of its kind all the same.
		"what is required": {"cloudtrail", cloud.String() + strings.ReplaceAll(cloud.String(), `,"awsRegion":"eu-west-1"`, ""), []string{"401 field_missing awsRegion"}},
	} {
		if got := learnt(t, tt.format, tt.text); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}
