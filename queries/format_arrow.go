package queries

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"regexp"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// Rows per Arrow record batch, and per row group of a Parquet file (DuckDB's own size).
const (
	batchRows    = 8192
	rowGroupRows = 122_880
)

var arrowTypes = map[string]arrow.DataType{
	"BOOLEAN": arrow.FixedWidthTypes.Boolean,
	"TINYINT": arrow.PrimitiveTypes.Int8, "SMALLINT": arrow.PrimitiveTypes.Int16, "INTEGER": arrow.PrimitiveTypes.Int32, "BIGINT": arrow.PrimitiveTypes.Int64,
	"UTINYINT": arrow.PrimitiveTypes.Uint8, "USMALLINT": arrow.PrimitiveTypes.Uint16, "UINTEGER": arrow.PrimitiveTypes.Uint32, "UBIGINT": arrow.PrimitiveTypes.Uint64,
	"HUGEINT": &arrow.Decimal128Type{Precision: 38}, "UHUGEINT": &arrow.Decimal128Type{Precision: 38},
	"FLOAT": arrow.PrimitiveTypes.Float32, "DOUBLE": arrow.PrimitiveTypes.Float64, "BLOB": arrow.BinaryTypes.Binary, "DATE": arrow.FixedWidthTypes.Date32,
	"TIMESTAMP": &arrow.TimestampType{Unit: arrow.Microsecond}, "TIMESTAMP_S": &arrow.TimestampType{Unit: arrow.Second},
	"TIMESTAMP_MS": &arrow.TimestampType{Unit: arrow.Millisecond}, "TIMESTAMP_NS": &arrow.TimestampType{Unit: arrow.Nanosecond},
	"TIMESTAMP WITH TIME ZONE": &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
}

var decimalType = regexp.MustCompile(`^DECIMAL\((\d+),(\d+)\)$`)

func arrowType(c Column) arrow.DataType {
	if t, ok := arrowTypes[c.Type]; ok {
		return t
	}
	if m := decimalType.FindStringSubmatch(c.Type); m != nil {
		precision, _ := strconv.Atoi(m[1])
		scale, _ := strconv.Atoi(m[2])
		return &arrow.Decimal128Type{Precision: int32(precision), Scale: int32(scale)}
	}
	return arrow.BinaryTypes.String
}

func arrowSchema(columns []Column) *arrow.Schema {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: c.Name, Type: arrowType(c), Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

func writeArrow(ctx context.Context, w io.Writer, r *Result, _ FormatOptions) (int64, error) {
	s := arrowSchema(r.columns)
	out := ipc.NewWriter(w, ipc.WithSchema(s))
	rows, err := eachBatch(ctx, r, s, out.Write)
	if err != nil {
		return rows, err
	}
	return rows, out.Close()
}

func writeParquet(ctx context.Context, w io.Writer, r *Result, _ FormatOptions) (int64, error) {
	s := arrowSchema(r.columns)
	properties := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd), parquet.WithMaxRowGroupLength(rowGroupRows))
	out, err := pqarrow.NewFileWriter(s, w, properties, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return 0, fmt.Errorf("open Parquet writer: %w", err)
	}
	rows, err := eachBatch(ctx, r, s, out.WriteBuffered)
	if err != nil {
		return rows, err
	}
	return rows, out.Close()
}

// eachBatch hands the rows on as record batches.
func eachBatch(ctx context.Context, r *Result, s *arrow.Schema, write func(arrow.RecordBatch) error) (int64, error) {
	builder := array.NewRecordBuilder(memory.DefaultAllocator, s)
	defer builder.Release()
	flush := func() error {
		batch := builder.NewRecordBatch()
		defer batch.Release()
		return write(batch)
	}
	pending := 0
	rows, err := eachRow(ctx, r, func(row []any) error {
		for i, value := range row {
			if err := appendArrow(builder.Field(i), value, r.columns[i]); err != nil {
				return fmt.Errorf("column %s: %w", r.columns[i].Name, err)
			}
		}
		if pending++; pending < batchRows {
			return nil
		}
		pending = 0
		return flush()
	})
	if err != nil || pending == 0 {
		return rows, err
	}
	return rows, flush()
}

func appendArrow(b array.Builder, value any, c Column) error {
	if value == nil {
		b.AppendNull()
		return nil
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(value.(bool))
	case *array.Int8Builder:
		b.Append(int8(value.(int64)))
	case *array.Int16Builder:
		b.Append(int16(value.(int64)))
	case *array.Int32Builder:
		b.Append(int32(value.(int64)))
	case *array.Int64Builder:
		b.Append(value.(int64))
	case *array.Uint8Builder:
		b.Append(uint8(value.(int64)))
	case *array.Uint16Builder:
		b.Append(uint16(value.(int64)))
	case *array.Uint32Builder:
		b.Append(uint32(value.(int64)))
	case *array.Uint64Builder:
		b.Append(unsigned(value))
	case *array.Float32Builder:
		b.Append(float32(value.(float64)))
	case *array.Float64Builder:
		b.Append(value.(float64))
	case *array.BinaryBuilder:
		b.Append(value.([]byte))
	case *array.Date32Builder:
		return b.AppendValueFromString(value.(string))
	case *array.TimestampBuilder:
		return appendTime(b, value.(time.Time))
	case *array.Decimal128Builder:
		return appendDecimal(b, value)
	case *array.StringBuilder:
		b.Append(Text(value, c))
	default:
		return fmt.Errorf("no Arrow form for %T", value)
	}
	return nil
}

// unsigned is a value of UBIGINT.
func unsigned(value any) uint64 {
	if n, ok := value.(*big.Int); ok {
		return n.Uint64()
	}
	return uint64(value.(int64))
}

func appendTime(b *array.TimestampBuilder, t time.Time) error {
	switch b.Type().(*arrow.TimestampType).Unit {
	case arrow.Second:
		b.Append(arrow.Timestamp(t.Unix()))
	case arrow.Millisecond:
		b.Append(arrow.Timestamp(t.UnixMilli()))
	case arrow.Nanosecond:
		b.Append(arrow.Timestamp(t.UnixNano()))
	default:
		b.Append(arrow.Timestamp(t.UnixMicro()))
	}
	return nil
}

// beyondDecimal is the first whole number that has more than 38 digits.
var beyondDecimal = new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil)

func appendDecimal(b *array.Decimal128Builder, value any) error {
	t := b.Type().(*arrow.Decimal128Type)
	if n, ok := value.(*big.Int); ok {
		if n.CmpAbs(beyondDecimal) >= 0 {
			return fmt.Errorf("%s does not fit into 38 digits: cast the column to VARCHAR", n)
		}
		b.Append(decimal128.FromBigInt(n))
		return nil
	}
	n, err := decimal128.FromString(fmt.Sprint(value), t.Precision, t.Scale)
	if err != nil {
		return err
	}
	b.Append(n)
	return nil
}
