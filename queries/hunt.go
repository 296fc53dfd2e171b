package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries/indicators"
)

// HuntOptions are the knobs of Hunt.
type HuntOptions struct {
	Captures []string // only in captures of these ids; nil: in all
	Command  string   // that extracts packets, before its statement; "": pcaplake extract
}

// huntColumns are those of the result of a hunt.
var huntColumns = []Column{
	{"indicator", "VARCHAR"},
	{"type", "VARCHAR"},
	{"place", "VARCHAR"},
	{"seen_in", "VARCHAR"},
	{"first_ts", "TIMESTAMP"},
	{"last_ts", "TIMESTAMP"},
	{"host_count", "BIGINT"},
	{"hosts", "VARCHAR"},
	{"rows", "BIGINT"},
	{"flows", "BIGINT"},
	{"extract", "VARCHAR"},
}

// Figures of a hunt.
const (
	hostsShown  = 10   // addresses in the column hosts
	prunedBy    = 1000 // values up to which DuckDB is told them as a list, by which it passes over row groups (statistics, bloom filters)
	hitsPerScan = 20000
)

// Hunt looks for indicators in the tables of the dataset and returns a row for each of them and each table that it was seen in, in the order of the indicators:
//
//	indicator, type, place   as in the list
//	seen_in                  the table
//	first_ts, last_ts        least and greatest time of what it was seen in
//	host_count, hosts        the hosts whose traffic it was, and up to ten of them: clients; for addresses the other ends
//	rows, flows              rows of that table, and their flows; of a table of sums there are no flows
//	extract                  the command that writes the packets of those flows; NULL for sums
//
// Addresses are sought in flows and in answers of DNS, and in sums where captures have no flows left.
func (s *Session) Hunt(ctx context.Context, wanted []indicators.Indicator, o HuntOptions) (*Table, error) {
	found := &Table{Columns: huntColumns}
	byKind := map[indicators.Kind]matcher{}
	for n, i := range wanted {
		if byKind[i.Kind] == nil {
			byKind[i.Kind] = newMatcher(i.Kind)
		}
		byKind[i.Kind].add(i.Value, n)
	}
	h := &hunt{Session: s, wanted: wanted, o: o, found: map[int][][]any{}, views: map[*sighting]hunted{}}
	for i := range sightings {
		if m := byKind[sightings[i].kind]; m != nil {
			if err := h.look(ctx, &sightings[i], m); err != nil {
				return nil, fmt.Errorf("hunt in %s: %w", sightings[i].table.Name, err)
			}
		}
	}
	for n := range wanted {
		found.Rows = append(found.Rows, h.found[n]...)
	}
	return found, nil
}

// A hunt is one call of Hunt.
type hunt struct {
	*Session
	wanted []indicators.Indicator
	o      HuntOptions
	found  map[int][][]any // rows by the numbers of indicators
	views  map[*sighting]hunted
}

// A hit is a value of the lake that meets an indicator.
type hit struct {
	value     string
	indicator int
}

// look takes one sighting: first which values of the lake meet which indicators, then their rows, so that a value is compared once however many rows have it.
func (h *hunt) look(ctx context.Context, at *sighting, m matcher) error {
	in, err := h.in(ctx, at)
	if err != nil || in.view == "" {
		return err
	}
	perValue := make([][]hit, len(at.values))
	most := 0
	for i := range at.values {
		hits, err := h.hits(ctx, at, &at.values[i], m)
		if err != nil {
			return err
		}
		perValue[i] = hits
		most += len(hits)
	}
	if most == 0 {
		return nil
	}
	for _, part := range portions(perValue) {
		if err := h.rows(ctx, at, part); err != nil {
			return err
		}
	}
	return nil
}

// portions divides hits by indicators into parts of bounded size, so that all hits of an indicator stand in one part.
func portions(perValue [][]hit) [][][]hit {
	count := map[int]int{}
	for _, hits := range perValue {
		for _, x := range hits {
			count[x.indicator]++
		}
	}
	part, parts, size := map[int]int{}, 0, 0
	for _, n := range sortedInts(count) {
		if size > 0 && size+count[n] > hitsPerScan {
			parts, size = parts+1, 0
		}
		part[n], size = parts, size+count[n]
	}
	out := make([][][]hit, parts+1)
	for i := range out {
		out[i] = make([][]hit, len(perValue))
	}
	for v, hits := range perValue {
		for _, x := range hits {
			p := part[x.indicator]
			out[p][v] = append(out[p][v], x)
		}
	}
	return out
}

func sortedInts(m map[int]int) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// hits are the values that meet indicators. Values that only match themselves need no look at the lake.
func (h *hunt) hits(ctx context.Context, at *sighting, v *sightedValue, m matcher) ([]hit, error) {
	var hits []hit
	var ids []int
	if values, ok := m.exact(); ok && !v.list {
		slices.Sort(values)
		for _, value := range values {
			hits = appendHits(hits, value, m.match(ids[:0], value))
		}
		return hits, nil
	}
	in := h.views[at]
	r, err := h.start(ctx, "SELECT DISTINCT "+v.sql+" AS seen_value FROM "+in.view+" WHERE "+in.condition+" AND seen_value IS NOT NULL", nil)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for r.Next() {
		value := r.Row()[0].(string)
		items := []string{value}
		if v.list {
			items = listItems(value)
		}
		ids = ids[:0]
		for _, item := range items {
			ids = m.match(ids, item)
		}
		hits = appendHits(hits, value, ids)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	slices.SortFunc(hits, func(a, b hit) int { return strings.Compare(a.value, b.value) })
	return hits, nil
}

// appendHits appends a value with each of its indicators once.
func appendHits(hits []hit, value string, ids []int) []hit {
	slices.Sort(ids)
	for _, n := range slices.Compact(ids) {
		hits = append(hits, hit{value, n})
	}
	return hits
}

// literals are texts as a list of SQL; NULL for none.
func literals(values []string) string {
	if len(values) == 0 {
		return "NULL"
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = literal(v)
	}
	return strings.Join(quoted, ", ")
}

// rows adds up the rows of hits, per indicator.
func (h *hunt) rows(ctx context.Context, at *sighting, perValue [][]hit) error {
	var sides []string
	for i, hits := range perValue {
		if len(hits) > 0 {
			sides = append(sides, h.side(at, &at.values[i], hits))
		}
	}
	rows, flows := "count(*)", "count(DISTINCT (capture_id, flow_id))"
	if at.key != "" {
		rows = "count(DISTINCT (capture_id, " + at.key + "))"
	}
	if !at.flow {
		flows = "CAST(NULL AS BIGINT)"
	}
	first, last := at.times()
	r, err := h.start(ctx, fmt.Sprintf("SELECT indicator, min(%s), max(%s), count(DISTINCT seen_host), list_sort(list(DISTINCT seen_host))[1:%d], %s, %s FROM (%s) GROUP BY indicator ORDER BY indicator",
		first, last, hostsShown, rows, flows, strings.Join(sides, " UNION ALL ")), nil)
	if err != nil {
		return err
	}
	defer r.Close()
	for r.Next() {
		h.tell(at, r.Row())
	}
	return r.Err()
}

// side reads the rows whose value is one of the hits.
func (h *hunt) side(at *sighting, v *sightedValue, hits []hit) string {
	pairs, values := make([]string, len(hits)), make([]string, len(hits))
	for i, x := range hits {
		values[i] = x.value
		pairs[i] = fmt.Sprintf("(%s, %d)", literal(x.value), x.indicator)
	}
	first, last := at.times()
	columns := []string{"capture_id", first, last}
	if at.flow {
		columns = append(columns, "flow_id")
	}
	columns = append(columns, strings.FieldsFunc(at.key, func(r rune) bool { return r == ',' || r == ' ' })...)
	slices.Sort(columns)
	columns = slices.Compact(columns)
	in := h.views[at]
	condition := in.condition
	if values = slices.Compact(values); len(values) <= prunedBy {
		condition += " AND " + v.sql + " IN (" + literals(values) + ")"
	}
	return fmt.Sprintf("SELECT indicator, seen_host, %s FROM (SELECT %s, %s AS seen_host, %s AS seen_value FROM %s WHERE %s) JOIN (VALUES %s) hits(seen_value, indicator) USING (seen_value)",
		strings.Join(columns, ", "), strings.Join(columns, ", "), v.host, v.sql, in.view, condition, strings.Join(pairs, ", "))
}

// tell notes what a row of the sums says of an indicator.
func (h *hunt) tell(at *sighting, row []any) {
	n := int(row[0].(int64))
	i := h.wanted[n]
	var hosts []string
	if list, ok := row[4].([]any); ok {
		for _, host := range list {
			if text, ok := host.(string); ok {
				hosts = append(hosts, text)
			}
		}
	}
	if count, _ := row[3].(int64); count > int64(len(hosts)) {
		hosts = append(hosts, "…")
	}
	h.found[n] = append(h.found[n], []any{
		i.Value, string(i.Kind), i.Place, at.table.Name, row[1], row[2], row[3], strings.Join(hosts, " "), row[5], row[6], h.extract(at, i.Value),
	})
}

// extract is the command that writes the packets of an indicator's flows.
func (h *hunt) extract(at *sighting, value string) any {
	if !at.flow {
		return nil
	}
	command := h.o.Command
	if command == "" {
		command = "pcaplake extract"
	}
	sql := "SELECT capture_id, flow_id FROM " + at.table.Name + " WHERE " + fmt.Sprintf(at.where, literal(value))
	return command + " " + ShellQuote(sql) + " -w " + at.table.Name + "-" + fileWord(value) + ".pcapng"
}

// ShellQuote is a text as one word of a POSIX shell, in double quotes where nothing in it means anything there.
func ShellQuote(text string) string {
	if strings.ContainsAny(text, "\"$`\\!\n") {
		return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	}
	return `"` + text + `"`
}

// fileWord is what of a text can stand in the name of a file anywhere.
func fileWord(text string) string {
	word := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}, text)
	return strings.Trim(word[:min(len(word), 60)], ".-")
}
