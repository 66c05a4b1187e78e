package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/feedgauge/feedgauge"
	"github.com/feedgauge/feedgauge/internal/pipeline"
	"github.com/feedgauge/feedgauge/internal/suggest"
	"github.com/feedgauge/feedgauge/processors/naming"
)

type inventoryBlock struct {
	File string `hcl:"file" doc:"CSV file with a line of column names: name and class, and tenant, period, owner, labels (k=v;k=v) if wanted; the path is relative to this file"`
}

func newInventory() *inventoryBlock { return &inventoryBlock{} }

// maxInventory bounds an inventory: about a million feeds.
const maxInventory = 64 << 20

func columns() []string { return []string{"name", "class", "tenant", "period", "owner", "labels"} }

// inventories reads the inventory blocks.
func (l *loader) inventories() {
	for _, b := range l.blocks["inventory"] {
		cfg := newInventory()
		l.decode(b, nil, cfg)
		if _, ok := kind(l, b, "inventory", map[string]struct{}{"csv": {}}); !ok || b.bad["file"] {
			l.doubt["inventory"] = true
			continue
		}
		name := relative(b.text.name, cfg.File)
		src, err := readFile(name, maxInventory)
		switch {
		case err != nil:
			l.invalid(b, "file", fmt.Sprintf("%s cannot be read: %s.", quote(name), err), "the path is relative to the file it stands in")
			l.doubt["inventory"] = true
		case len(src) > maxInventory:
			l.invalid(b, "file", fmt.Sprintf("%s has more than %d bytes.", quote(name), maxInventory), "")
			l.doubt["inventory"] = true
		default:
			l.attach(cfg.File, src)
			l.inventory(newText(name, src))
		}
	}
}

// table is one inventory file while it is read.
type table struct {
	l     *loader
	text  *text
	csv   *csv.Reader
	index map[string]int // column of each name
	lines map[feedgauge.FeedID]int
}

func (l *loader) inventory(t *text) {
	for _, u := range l.texts {
		if u.name == t.name {
			t = u // read by two blocks: its mistakes are told once
		}
	}
	l.texts = append(l.texts, t)
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(t.src, []byte("\ufeff"))))
	r.Comment, r.ReuseRecord, r.FieldsPerRecord = '#', true, -1
	tab := &table{l: l, text: t, csv: r, lines: map[feedgauge.FeedID]int{}}
	head, err := r.Read()
	if err != nil {
		tab.broken(err)
		return
	}
	if !tab.header(head) {
		return
	}
	for len(l.diags) < maxDiagnostics {
		rec, err := r.Read()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				tab.broken(err)
			}
			return
		}
		tab.row(rec)
	}
}

// broken reports what is no CSV.
func (t *table) broken(err error) {
	t.l.doubt["inventory"] = true
	if errors.Is(err, io.EOF) {
		t.l.reportBytes(t.text, 0, 0, Diagnostic{
			Summary: "Empty inventory", Detail: "The file has no line of column names.", Hint: "begin with: name,class",
		})
		return
	}
	at := len(t.text.src)
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		at, err = t.byteOf(pe.Line, pe.Column), pe.Err
		if pe.StartLine != t.text.lineOf(at) { // a quote that swallowed line ends
			at = t.byteOf(pe.StartLine, 1)
		}
	}
	t.l.reportBytes(t.text, at, at+1, Diagnostic{Summary: "Not CSV", Detail: sentence(err.Error())})
}

// byteOf turns a line and a column, both from 1 and in bytes, into a byte of the
// file.
func (t *table) byteOf(line, column int) int {
	if line < 1 || line > len(t.text.lines) {
		return len(t.text.src)
	}
	if line == 1 && bytes.HasPrefix(t.text.src, []byte("\ufeff")) {
		column += len("\ufeff")
	}
	return t.text.lines[line-1] + column - 1
}

// header reads the line of column names.
func (t *table) header(head []string) (ok bool) {
	defer func() { t.l.doubt["inventory"] = t.l.doubt["inventory"] || !ok }()
	t.index = map[string]int{}
	good := true
	for i, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		_, twice := t.index[name]
		if twice || !slices.Contains(columns(), name) {
			detail, hint := "There is no column "+quote(name)+".", suggest.DidYouMean(name, columns())
			if twice {
				detail, hint = "The column "+quote(name)+" comes twice.", "remove one of them"
			}
			t.report(i, head[i], Diagnostic{Summary: "Unknown column", Detail: detail, Hint: hint})
			good = false
			continue
		}
		t.index[name] = i
	}
	for _, name := range columns()[:2] {
		if _, ok := t.index[name]; !ok && good {
			t.report(0, head[0], Diagnostic{Summary: "Missing column", Detail: "An inventory needs the column " + quote(name) + ".", Hint: "columns are: " + strings.Join(columns(), ", ")})
			good = false
		}
	}
	return good
}

// report adds an error at a field of the record read last.
func (t *table) report(field int, value string, d Diagnostic) {
	line, col := t.csv.FieldPos(field)
	at := t.byteOf(line, col)
	t.l.reportBytes(t.text, at, at+max(1, len(value)), d)
}

// field returns a column of a record, and where it is; the first field stands
// for a column that is not there.
func (t *table) field(rec []string, name string) (string, int) {
	if i, ok := t.index[name]; ok && i < len(rec) {
		return strings.TrimSpace(rec[i]), i
	}
	return "", 0
}

func (t *table) row(rec []string) {
	if len(rec) > len(t.index) {
		t.report(len(t.index), rec[len(t.index)], Diagnostic{Summary: "Too many fields", Detail: fmt.Sprintf("There are %d columns.", len(t.index)), Hint: "put a field that holds a comma in quotes"})
		return
	}
	name, nameAt := t.field(rec, "name")
	class, classAt := t.field(rec, "class")
	tenant, tenantAt := t.field(rec, "tenant")
	if tenant == "" {
		tenant = naming.DefaultTenant
	}
	if !t.goodName(name, nameAt) || !t.goodName(tenant, tenantAt) {
		return
	}
	f := &pipeline.Feed{ID: feedgauge.FeedID{Tenant: tenant, Name: name}, Class: class}
	if !t.first(f.ID, nameAt) {
		return
	}
	c, hint := t.l.findClass(class)
	if c == nil && t.l.sure("class") {
		t.report(classAt, class, unknownClass(class, hint))
	}
	f.Owner, _ = t.field(rec, "owner")
	t.period(rec, f, c)
	t.labels(rec, f)
	t.l.out.Feeds[f.ID] = f
}

func (t *table) goodName(s string, at int) bool {
	if goodName(s) {
		return true
	}
	t.report(at, s, Diagnostic{Summary: "Bad name", Detail: badName})
	return false
}

// first reports a feed that is there already.
func (t *table) first(id feedgauge.FeedID, at int) bool {
	line, col := t.csv.FieldPos(at)
	if t.l.out.Feeds[id] == nil {
		t.lines[id] = line
		return true
	}
	from := t.byteOf(line, col)
	t.l.reportBytes(t.text, from, from+len(id.Name), Diagnostic{
		Summary: "Name used twice", Detail: fmt.Sprintf("There is a feed %s already, %s.", quote(id.String()), t.place(id)), Hint: "remove one of them",
	})
	return false
}

// place says where a feed was named first.
func (t *table) place(id feedgauge.FeedID) string {
	if line, ok := t.lines[id]; ok {
		return fmt.Sprintf("at %s:%d", t.text.name, line)
	}
	for _, b := range t.l.blocks["feed"] {
		if b.Labels[0] == id.Name {
			return "at " + b.where()
		}
	}
	return "in another inventory"
}

func (t *table) period(rec []string, f *pipeline.Feed, c *pipeline.Class) {
	s, at := t.field(rec, "period")
	if s == "" {
		return
	}
	d, hint, err := parseSpan(s)
	detail := ""
	switch {
	case err != nil:
		detail = sentence(err.Error())
	case d <= 0 || d > longestPeriod:
		detail, hint = fmt.Sprintf("A period is more than nothing and at most %s.", brief(longestPeriod)), ""
	case c == nil || t.l.classBad(c.Name, "period") || t.l.classBad(c.Name, "every"):
	case c.Period == 0:
		detail, hint = noPeriod(c.Name), periodHint
	case d < c.Every:
		detail, hint = tooBrief(s, c), tooBriefHint(c)
	}
	if detail != "" {
		t.report(at, s, Diagnostic{Summary: "Invalid value of \"period\"", Detail: detail, Hint: hint})
		return
	}
	f.Period = d
}

// labels reads k=v;k=v.
func (t *table) labels(rec []string, f *pipeline.Feed) {
	s, at := t.field(rec, "labels")
	for pair := range strings.SplitSeq(s, ";") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		k, v, ok := strings.Cut(pair, "=")
		if k = strings.TrimSpace(k); !ok || k == "" {
			t.report(at, s, Diagnostic{Summary: "Invalid value of \"labels\"", Detail: quote(pair) + " is no label.", Hint: "labels are written like site=london;tier=1"})
			return
		}
		if f.Labels == nil {
			f.Labels = map[string]string{}
		}
		f.Labels[k] = strings.TrimSpace(v)
	}
}
