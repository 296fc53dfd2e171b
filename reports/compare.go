package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// comparedQueries are the named queries whose answers reports are compared by.
var comparedQueries = []string{"active-hosts", "active-services", "active-talkers"}

const (
	rateChange = 3.0       // times by which a rate must differ to be told
	rateFloor  = 100_000.0 // bytes of the greater side below which it is not
)

// compare adds what changed since a report, if there is one, both under the same pseudonyms or under none.
func (r *Report) compare(previous *Report, by Pseudonyms) error {
	if previous == nil {
		return nil
	}
	if by != nil && previous.Anonymized == "" {
		if err := previous.Anonymize(by); err != nil {
			return err
		}
	}
	if previous.Anonymized != r.Anonymized {
		return fmt.Errorf("%w: the key of the one before is %q, of this one %q", ErrAnonymised, previous.Anonymized, r.Anonymized)
	}
	r.add("changes", r.changes(previous))
	return nil
}

// changes says what is new, gone or changed since a report; nil when it has nothing to compare with.
func (r *Report) changes(previous *Report) []Block {
	hosts, services := compared(r, "active-hosts"), compared(r, "active-services")
	hostsBefore, servicesBefore := compared(previous, "active-hosts"), compared(previous, "active-services")
	if hosts == nil || services == nil || hostsBefore == nil || servicesBefore == nil {
		return nil
	}
	blocks := []Block{
		r.sinceBlock(previous),
		difference("hosts-new", hosts, hostsBefore, 1),
		difference("hosts-gone", hostsBefore, hosts, 1),
		difference("services-new", services, servicesBefore, 3),
		difference("services-gone", servicesBefore, services, 3),
		portsOf("ports-new", services, servicesBefore),
		portsOf("ports-gone", servicesBefore, services),
	}
	if talkers, before := compared(r, "active-talkers"), compared(previous, "active-talkers"); talkers != nil && before != nil {
		blocks = append(blocks, difference("talkers-new", talkers, before, 2), difference("talkers-gone", before, talkers, 2))
	}
	return append(blocks, rates(hosts, hostsBefore, r.seconds(), previous.seconds()))
}

// compared is the block of a report that is compared; nil where an older program left it out.
func compared(r *Report, query string) *Block {
	for i := range r.Tables {
		if r.Tables[i].Query == query {
			return &r.Tables[i]
		}
	}
	return nil
}

// seconds is how long the report's period is.
func (r *Report) seconds() float64 {
	b := r.block("coverage")
	if b == nil {
		return 0
	}
	from, ok := b.value(0, "first_ts").(time.Time)
	to, ok2 := b.value(0, "last_ts").(time.Time)
	if !ok || !ok2 {
		return 0
	}
	return to.Sub(from).Seconds()
}

// sinceBlock sets the two reports side by side.
func (r *Report) sinceBlock(previous *Report) Block {
	t := &queries.Table{Columns: []queries.Column{
		{Name: "report", Type: "VARCHAR"},
		{Name: "first_ts", Type: "TIMESTAMP"},
		{Name: "last_ts", Type: "TIMESTAMP"},
		{Name: "captures_read", Type: "BIGINT"},
		{Name: "captures_expected", Type: "BIGINT"},
		{Name: "gaps", Type: "BIGINT"},
		{Name: "frames", Type: "BIGINT"},
		{Name: "verdicts", Type: "BIGINT"},
	}}
	for _, of := range []*Report{previous, r} {
		row := []any{of.Title}
		for _, c := range t.Columns[1:7] {
			var value any
			if b := of.block("coverage"); b != nil {
				value = b.value(0, c.Name)
			}
			row = append(row, value)
		}
		t.Rows = append(t.Rows, append(row, of.counted()))
	}
	return changeBlock("compared-reports", t)
}

func changeBlock(name string, t *queries.Table) Block {
	return Block{Query: name, Title: english.say("title." + name), Doc: english.say("doc." + name), Run: "pcaplake report --compare PREVIOUS.json", Table: t}
}

// keyOf is the first values of a row, which name what it is about.
func keyOf(row []any, keys int) string {
	var b strings.Builder
	for _, v := range row[:keys] {
		fmt.Fprintf(&b, "%v\x00", v)
	}
	return b.String()
}

// difference are the rows of one table whose first values the other has not. Where the other was cut at its limit, they may be beyond it.
func difference(name string, in, notIn *Block, keys int) Block {
	known := map[string]bool{}
	for _, row := range notIn.Table.Rows {
		known[keyOf(row, keys)] = true
	}
	t := &queries.Table{Columns: in.Table.Columns, More: in.Table.More || notIn.Table.More}
	for _, row := range in.Table.Rows {
		if !known[keyOf(row, keys)] {
			t.Rows = append(t.Rows, row)
		}
	}
	return changeBlock(name, t)
}

// portsOf are the ports that services of one side are at, and none of the other's.
func portsOf(name string, in, notIn *Block) Block {
	type port struct{ number, proto any }
	ports := func(b *Block) map[port]int64 {
		out := map[port]int64{}
		for i := range b.Table.Rows {
			out[port{b.value(i, "port"), b.value(i, "proto")}]++
		}
		return out
	}
	t := &queries.Table{Columns: []queries.Column{{Name: "port", Type: "INTEGER"}, {Name: "proto", Type: "VARCHAR"}, {Name: "hosts", Type: "BIGINT"}}}
	known := ports(notIn)
	for p, n := range ports(in) {
		if _, ok := known[p]; !ok {
			t.Rows = append(t.Rows, []any{p.number, p.proto, n})
		}
	}
	slices.SortFunc(t.Rows, func(a, b []any) int {
		return cmp.Or(cmp.Compare(amount(b[2]), amount(a[2])), cmp.Compare(amount(a[0]), amount(b[0])), cmp.Compare(fmt.Sprint(a[1]), fmt.Sprint(b[1])))
	})
	return changeBlock(name, t)
}

// rates are the addresses of both sides whose bytes a second differ by rateChange times or more, the greatest difference first.
func rates(now, before *Block, seconds, secondsBefore float64) Block {
	t := &queries.Table{Columns: []queries.Column{
		{Name: "address", Type: "VARCHAR"}, {Name: "bytes_per_second", Type: "DOUBLE"}, {Name: "bytes_per_second_before", Type: "DOUBLE"}, {Name: "times", Type: "DOUBLE"},
	}}
	old := map[any]float64{}
	for i := range before.Table.Rows {
		old[before.value(i, "address")] = amount(before.value(i, "ip_bytes"))
	}
	for i := range now.Table.Rows {
		bytes, ok := amount(now.value(i, "ip_bytes")), false
		was, ok := old[now.value(i, "address")]
		if !ok || seconds <= 0 || secondsBefore <= 0 || max(bytes, was) < rateFloor {
			continue
		}
		rate, rateBefore := bytes/seconds, was/secondsBefore
		if times := rate / max(rateBefore, 1e-9); times >= rateChange || times <= 1/rateChange {
			t.Rows = append(t.Rows, []any{now.value(i, "address"), round3(rate), round3(rateBefore), round3(times)})
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b []any) int {
		spread := func(row []any) float64 { return max(amount(row[3]), 1/max(amount(row[3]), 1e-9)) }
		return cmp.Or(cmp.Compare(spread(b), spread(a)), strings.Compare(fmt.Sprint(a[0]), fmt.Sprint(b[0])))
	})
	return changeBlock("rates-changed", t)
}
