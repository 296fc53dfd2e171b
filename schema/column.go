// Package schema declares the tables of the lake once, as data, and writes their rows as Parquet.
package schema

import "github.com/apache/arrow-go/v18/arrow"

// Version is the version of the tables; it stands in every manifest. It is raised when a column is added or changes its meaning.
const Version int32 = 2

// WriterVersion is part of every file name, by way of the options fingerprint. It is raised whenever the bytes written for the same
// rows may change; a golden hash holds it.
const WriterVersion = "2"

// Type is the type of a column: the subset that DuckDB, Spark, Trino and Iceberg all read right.
type Type uint8

// The types of columns.
const (
	Int32     Type = iota
	Int64          // anything that can pass 2^31
	Bool           // three-valued: NULL cannot be judged
	String         // UTF-8
	Binary         // bytes
	Timestamp      // microseconds, not UTC-adjusted, UTC by contract
	Double         // IEEE 754 binary64, never NaN; always plain
)

// types holds, per Type, its name in DuckDB and in Arrow.
var types = [...]struct {
	duckdb string
	arrow  arrow.DataType
}{
	Int32:     {"INTEGER", arrow.PrimitiveTypes.Int32},
	Int64:     {"BIGINT", arrow.PrimitiveTypes.Int64},
	Bool:      {"BOOLEAN", arrow.FixedWidthTypes.Boolean},
	String:    {"VARCHAR", arrow.BinaryTypes.String},
	Binary:    {"BLOB", arrow.BinaryTypes.Binary},
	Timestamp: {"TIMESTAMP", &arrow.TimestampType{Unit: arrow.Microsecond}},
	Double:    {"DOUBLE", arrow.PrimitiveTypes.Float64},
}

// String returns the type's name in DuckDB.
func (t Type) String() string { return types[t].duckdb }

// Encoding is how a column's values lie in Parquet.
type Encoding uint8

// The encodings of columns.
const (
	Dictionary Encoding = iota // falls back to plain when the dictionary grows too large
	Plain                      // values that hardly ever repeat
	Delta                      // DELTA_BINARY_PACKED: values that grow in small steps
)

// String returns the encoding's name in documents.
func (e Encoding) String() string { return [...]string{"dictionary", "plain", "delta"}[e] }

// Column declares one column: what it means, how it is kept, and what peers call the same thing ("" where they have no name for it).
type Column struct {
	Name      string
	Type      Type
	Encoding  Encoding
	Sorted    Encoding // of merged files, whose rows lie by flow and direction
	Bloom     bool     // merged files have a bloom filter of it
	Privacy   Privacy  // what becomes of it in an anonymised lake
	Doc       string
	Unit      string // "" for names, numbers without a unit and codes
	Wireshark string // display filter fields, "|" between those that depend on the layer
	Zeek      string
	IPFIX     string // information element (RFC 7012 and IANA's registry)
	ECS       string // Elastic Common Schema field
}

// Table is one table of the lake. Every column is nullable.
type Table struct {
	Name    string
	Doc     string
	Columns []Column
	// FirstTS and LastTS name the columns from which and to which a row lasts, by which files are pruned and periods filter.
	FirstTS, LastTS string
	GroupRows       int   // rows of a full row group: fewer of a wide table, since memory holds two groups
	Order           Order // of the rows of merged files
	Derived         bool  // made from other tables: its rows are of no one capture
}

// Tables returns the tables in the order in which documents list them.
func Tables() []Table {
	return []Table{
		Packets.Table, Flows.Table, ARPs.Table, DNSs.Table, TLSs.Table, HTTPs.Table, SSHs.Table, QUICs.Table, DHCPs.Table, NTPs.Table,
		Payloads.Table, Comments.Table, RollupMinutes.Table, RollupHours.Table, Verdicts.Table,
	}
}

// Derived reports whether a table is one that is made from others, such as verdicts: its files have rows of no one capture.
func Derived(table string) bool {
	for _, t := range Tables() {
		if t.Name == table {
			return t.Derived
		}
	}
	return false
}

// Spans returns whether rows last from one time to another; those of other tables have one time, ts; but for sums, ts_extra_ns has the nanoseconds beyond it.
func (t Table) Spans() bool { return t.FirstTS != t.LastTS }

// Arrow returns the table's Arrow schema.
func (t Table) Arrow() *arrow.Schema {
	fields := make([]arrow.Field, len(t.Columns))
	for i, c := range t.Columns {
		fields[i] = arrow.Field{Name: c.Name, Type: types[c.Type].arrow, Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

// DuckDB returns the column definitions for DuckDB's CREATE TABLE: "(a VARCHAR, b BIGINT)".
func (t Table) DuckDB() string {
	text := "("
	for i, c := range t.Columns {
		if i > 0 {
			text += ", "
		}
		text += `"` + c.Name + `" ` + c.Type.String()
	}
	return text + ")"
}

// note adds to a declaration what not every column has.
type note func(*Column)

func unit(s string) note { return func(c *Column) { c.Unit = s } }
func ws(s string) note   { return func(c *Column) { c.Wireshark = s } }
func zeek(s string) note { return func(c *Column) { c.Zeek = s } }
func fix(s string) note  { return func(c *Column) { c.IPFIX = s } }
func ecs(s string) note  { return func(c *Column) { c.ECS = s } }

func plain(c *Column) { c.Encoding, c.Sorted = Plain, Plain }
func delta(c *Column) { c.Encoding, c.Sorted = Delta, Delta }
func bloom(c *Column) { c.Bloom = true }

// sorted declares how a column lies in merged files, where that is not as in others.
func sorted(e Encoding) note { return func(c *Column) { c.Sorted = e } }

// declare makes the column and applies its notes.
func declare(name string, typ Type, doc string, notes []note) Column {
	c := Column{Name: name, Type: typ, Doc: doc}
	for _, n := range notes {
		n(&c)
	}
	return c
}
