// Package naming finds out which feed a record belongs to, by accessors cheap
// enough to run on every record:
//
//	header:NAME   the first header of that name
//	json:a.b.c    a string or number in a JSON object, by its path
//	key           the record's key
//	topic         the name of its topic
//	const:TEXT    always TEXT
//
// A path's dots match dots inside keys too, so json:id.orig_h finds
// {"id":{"orig_h":...}} and {"id.orig_h":...}. Reading stops at the first value
// there; what follows it is not looked at, and need not be valid JSON.
package naming

import (
	"errors"

	"github.com/feedgauge/feedgauge"
)

// DefaultTenant is the tenant of records that no accessor yields one for.
const DefaultTenant = "main"

// Namer names the feed of a record: the first accessor of each list that yields
// a name decides. It has scratch memory and is used by one goroutine.
type Namer struct {
	feed, tenant []accessor
	main         []byte
}

// New builds a Namer from accessor expressions. Errors are
// [feedgauge.FieldError] of field "feed" or "tenant" with Index set, joined. An
// empty list of tenant accessors is fine, one of feed accessors is not.
func New(feed, tenant []string) (*Namer, error) {
	var errs []error
	if len(feed) == 0 {
		errs = append(errs, &feedgauge.FieldError{
			Field: "feed", Msg: "no accessor, so no record would have a feed",
			Hint: `for example ["header:feed", "key"]`,
		})
	}
	n := &Namer{
		feed:   parseAll("feed", feed, &errs),
		tenant: parseAll("tenant", tenant, &errs),
		main:   []byte(DefaultTenant),
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return n, nil
}

func parseAll(field string, exprs []string, errs *[]error) []accessor {
	list := make([]accessor, 0, len(exprs))
	for i, expr := range exprs {
		a, err := parse(expr)
		if err != nil {
			err.Field, err.Index = field, i
			*errs = append(*errs, err)
		}
		list = append(list, a)
	}
	return list
}

// Name returns tenant and feed name of r, or the reason for which it has none.
// The slices are valid until the next call, and no longer than r's own.
func (n *Namer) Name(r *feedgauge.Record) (tenant, name []byte, reason feedgauge.Reason) {
	name = first(n.feed, r)
	if len(name) == 0 {
		return nil, nil, feedgauge.NoFeed
	}
	tenant = first(n.tenant, r)
	if len(tenant) == 0 {
		tenant = n.main
	}
	if !feedgauge.GoodName(name) || !feedgauge.GoodName(tenant) {
		return nil, nil, feedgauge.BadName
	}
	return tenant, name, ""
}

func first(list []accessor, r *feedgauge.Record) []byte {
	for _, get := range list {
		if b := get(r); len(b) > 0 {
			return b
		}
	}
	return nil
}
