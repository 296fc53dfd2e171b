package rowgen

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/pcaplake/pcaplake/schema"
)

// Sample is a table with rows.
type Sample struct {
	Table   schema.Table
	Write   func(w io.Writer) error // as one Parquet file
	columns func() []column
}

// column is what the rows of a sample hold in one column. Values are text: numbers in decimal, true or false, timestamps as
// 2006-01-02T15:04:05.000000, bytes in lower-case hex, doubles in eighths.
type column struct {
	name, typ   string // the type is DuckDB's
	rows, nulls int64
	sum         string // of numbers, doubles in eighths; how many are true; bytes of text; "" of timestamps
	min, max    string
	values      []value // the first, the most frequent, the least and the greatest
}

// value is a value and how many rows have it.
type value struct {
	text string
	rows int64
}

// Samples returns n rows of every table; the same seed gives the same rows.
func Samples(n int, seed uint64) []Sample {
	return []Sample{
		sample(schema.Packets, Packets(n, seed)),
		sample(schema.Flows, Flows(n, seed)),
		sample(schema.ARPs, ARPs(n, seed)),
		sample(schema.DNSs, DNSs(n, seed)),
		sample(schema.QUICs, fill[schema.QUIC](newGen(seed), n)),
		sample(schema.DHCPs, fill[schema.DHCP](newGen(seed), n)),
		sample(schema.NTPs, fill[schema.NTP](newGen(seed), n)),
		sample(schema.Payloads, Payloads(n, seed)),
		sample(schema.Comments, Comments(n, seed)),
		sample(schema.RollupMinutes, fill[schema.Rollup](newGen(seed), n)),
	}
}

func sample[R any](t *schema.Rows[R], rows []R) Sample {
	return Sample{
		Table: t.Table,
		Write: func(w io.Writer) error {
			out, err := t.NewWriter(w, schema.Meta{Jobs: 2})
			if err != nil {
				return err
			}
			if err := out.Append(rows); err != nil {
				return err
			}
			_, err = out.Close()
			return err
		},
		columns: func() []column {
			columns := make([]column, len(t.Columns))
			for i := range columns {
				columns[i] = summarise(t, rows, i)
			}
			return columns
		},
	}
}

// WriteMerged writes the rows as one Parquet file as compaction does: sorted, with bloom filters.
func (s Sample) WriteMerged(w io.Writer) error {
	var plain bytes.Buffer
	if err := s.Write(&plain); err != nil {
		return err
	}
	in, err := s.Table.NewReader(bytes.NewReader(plain.Bytes()))
	if err != nil {
		return err
	}
	out, err := s.Table.NewMerger(w, schema.Meta{Jobs: 2})
	if err != nil {
		return err
	}
	for {
		b, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if err := out.Append(b); err != nil {
			return err
		}
	}
	_, err = out.Close()
	return err
}

func summarise[R any](t *schema.Rows[R], rows []R, at int) column {
	typ := t.Columns[at].Type
	c := column{name: t.Columns[at].Name, typ: typ.String(), rows: int64(len(rows))}
	counts := map[string]int64{}
	var first string
	var text []byte
	for i := range rows {
		var ok bool
		if text, ok = t.Text(&rows[i], at, text[:0]); !ok {
			c.nulls++
			continue
		}
		if len(counts) == 0 {
			first = string(text)
		}
		counts[string(text)]++
	}
	if len(counts) == 0 {
		return c
	}
	distinct := make([]string, 0, len(counts))
	for v := range counts {
		distinct = append(distinct, v)
	}
	slices.SortFunc(distinct, func(a, b string) int { return compare(typ, a, b) })
	most := slices.MaxFunc(distinct, func(a, b string) int { return cmp.Compare(counts[a], counts[b]) })
	least, greatest := distinct[0], distinct[len(distinct)-1]
	c.sum, c.min, c.max = sum(typ, counts), show(typ, least), show(typ, greatest)
	for _, v := range []string{first, most, least, greatest} {
		if shown := show(typ, v); !slices.ContainsFunc(c.values, func(x value) bool { return x.text == shown }) {
			c.values = append(c.values, value{shown, counts[v]})
		}
	}
	return c
}

func show(typ schema.Type, text string) string {
	switch typ {
	case schema.Binary:
		return hex.EncodeToString([]byte(text))
	case schema.Double:
		return strconv.FormatInt(eighths(text), 10)
	}
	return text
}

// compare orders values of a type as SQL does.
func compare(typ schema.Type, a, b string) int {
	if typ == schema.Int32 || typ == schema.Int64 {
		return cmp.Compare(number(a), number(b))
	}
	if typ == schema.Double {
		return cmp.Compare(eighths(a), eighths(b))
	}
	return cmp.Compare(a, b)
}

func sum(typ schema.Type, counts map[string]int64) string {
	total := new(big.Int)
	for v, n := range counts {
		var each int64
		switch typ {
		case schema.Timestamp:
			return ""
		case schema.Int32, schema.Int64:
			each = number(v)
		case schema.Double:
			each = eighths(v)
		case schema.Bool:
			each = number(map[string]string{"true": "1", "false": "0"}[v])
		default:
			each = int64(len(v))
		}
		total.Add(total, new(big.Int).Mul(big.NewInt(each), big.NewInt(n)))
	}
	return total.String()
}

// eighths parses a double that Text printed, of which 8 times is a whole number, and returns that: sums of such are exact.
func eighths(s string) int64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f*8 != math.Trunc(f*8) {
		panic("not in eighths: " + s)
	}
	return int64(f * 8)
}

// number parses what Text printed.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}
