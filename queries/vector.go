package queries

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unsafe"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// logicalType is the type of a column, with those inside it.
type logicalType struct {
	id       bindings.Type
	storage  bindings.Type // of DECIMAL and ENUM
	name     string
	scale    uint8    // of DECIMAL
	length   int      // of ARRAY
	labels   []string // of ENUM: its values; of STRUCT: its fields
	children []logicalType
}

// simpleTypes are the types without parameters, by DuckDB's names.
var simpleTypes = map[bindings.Type]string{
	bindings.TypeBoolean: "BOOLEAN", bindings.TypeTinyInt: "TINYINT", bindings.TypeSmallInt: "SMALLINT", bindings.TypeInteger: "INTEGER",
	bindings.TypeBigInt: "BIGINT", bindings.TypeUTinyInt: "UTINYINT", bindings.TypeUSmallInt: "USMALLINT", bindings.TypeUInteger: "UINTEGER",
	bindings.TypeUBigInt: "UBIGINT", bindings.TypeHugeInt: "HUGEINT", bindings.TypeUHugeInt: "UHUGEINT", bindings.TypeFloat: "FLOAT",
	bindings.TypeDouble: "DOUBLE", bindings.TypeVarchar: "VARCHAR", bindings.TypeBlob: "BLOB", bindings.TypeDate: "DATE", bindings.TypeTime: "TIME",
	bindings.TypeInterval: "INTERVAL", bindings.TypeUUID: "UUID", bindings.TypeSQLNull: "NULL", bindings.TypeTimestamp: "TIMESTAMP",
	bindings.TypeTimestampS: "TIMESTAMP_S", bindings.TypeTimestampMS: "TIMESTAMP_MS", bindings.TypeTimestampNS: "TIMESTAMP_NS",
	bindings.TypeTimestampTZ: "TIMESTAMP WITH TIME ZONE",
}

// newLogicalType describes t and destroys it. Types that no table of a lake has (BIT, UNION, VARIANT, …) are refused.
func newLogicalType(t bindings.LogicalType) (logicalType, error) {
	defer bindings.DestroyLogicalType(&t)
	l := logicalType{id: bindings.GetTypeId(t)}
	if name, ok := simpleTypes[l.id]; ok {
		l.name = name
		if alias := bindings.LogicalTypeGetAlias(t); alias != "" {
			l.name = alias
		}
		return l, nil
	}
	switch l.id {
	case bindings.TypeDecimal:
		l.scale, l.storage = bindings.DecimalScale(t), bindings.DecimalInternalType(t)
		l.name = fmt.Sprintf("DECIMAL(%d,%d)", bindings.DecimalWidth(t), l.scale)
		return l, nil
	case bindings.TypeEnum:
		l.name, l.storage = "ENUM", bindings.EnumInternalType(t)
		for i := range bindings.EnumDictionarySize(t) {
			l.labels = append(l.labels, bindings.EnumDictionaryValue(t, bindings.IdxT(i)))
		}
		return l, nil
	}
	return l, l.describeNested(t)
}

func (l *logicalType) describeNested(t bindings.LogicalType) error {
	var inner []bindings.LogicalType
	switch l.id {
	case bindings.TypeList:
		inner = append(inner, bindings.ListTypeChildType(t))
	case bindings.TypeArray:
		l.length = int(bindings.ArrayTypeArraySize(t))
		inner = append(inner, bindings.ArrayTypeChildType(t))
	case bindings.TypeMap:
		inner = append(inner, bindings.MapTypeKeyType(t), bindings.MapTypeValueType(t))
	case bindings.TypeStruct:
		for i := range bindings.StructTypeChildCount(t) {
			l.labels = append(l.labels, bindings.StructTypeChildName(t, i))
			inner = append(inner, bindings.StructTypeChildType(t, i))
		}
	default:
		return fmt.Errorf("type %d of DuckDB is not supported: cast the column to VARCHAR", l.id)
	}
	names := make([]string, len(inner))
	var firstErr error
	for i, child := range inner {
		c, err := newLogicalType(child)
		if err != nil && firstErr == nil {
			firstErr = err
		}
		l.children = append(l.children, c)
		names[i] = c.name
		if l.id == bindings.TypeStruct {
			names[i] = identifier(l.labels[i]) + " " + c.name
		}
	}
	l.name = map[bindings.Type]string{
		bindings.TypeList: "%s[]", bindings.TypeArray: "%s[" + strconv.Itoa(l.length) + "]", bindings.TypeMap: "MAP(%s)", bindings.TypeStruct: "STRUCT(%s)",
	}[l.id]
	l.name = fmt.Sprintf(l.name, strings.Join(names, ", "))
	return firstErr
}

// reader gives the value in a row of one vector, as Result.Row documents; NULL is nil.
type reader func(row int) any

// reader returns the reader of a vector of this type. It borrows the vector's memory: it holds as long as the chunk lives.
func (l *logicalType) reader(v bindings.Vector) reader {
	value := l.values(v)
	validity := (*uint64)(bindings.VectorGetValidity(v))
	if validity == nil {
		return value
	}
	return func(row int) any {
		word := *(*uint64)(unsafe.Add(unsafe.Pointer(validity), row/64*8))
		if word>>(row%64)&1 == 0 {
			return nil
		}
		return value(row)
	}
}

// at returns element row of a vector's flat data.
func at[T any](data unsafe.Pointer, row int) T {
	return *(*T)(unsafe.Add(data, row*int(unsafe.Sizeof(*new(T)))))
}

func (l *logicalType) values(v bindings.Vector) reader {
	data := bindings.VectorGetData(v)
	switch l.id {
	case bindings.TypeSQLNull:
		return func(int) any { return nil }
	case bindings.TypeBoolean:
		return func(row int) any { return at[bool](data, row) }
	case bindings.TypeFloat:
		return func(row int) any { return float64(at[float32](data, row)) }
	case bindings.TypeDouble:
		return func(row int) any { return at[float64](data, row) }
	case bindings.TypeVarchar:
		return func(row int) any { return string(stringAt(data, row)) }
	case bindings.TypeBlob:
		return func(row int) any { return append([]byte{}, stringAt(data, row)...) }
	case bindings.TypeUUID:
		return func(row int) any { return uuid(at[hugeint](data, row)) }
	case bindings.TypeInterval:
		return func(row int) any { return at[interval](data, row).String() }
	case bindings.TypeEnum:
		index := integers(l.storage, data)
		return func(row int) any { return l.labels[index(row).(int64)] }
	case bindings.TypeDecimal:
		unscaled := integers(l.storage, data)
		return func(row int) any { return decimal(unscaled(row), int(l.scale)) }
	case bindings.TypeList, bindings.TypeArray, bindings.TypeMap, bindings.TypeStruct:
		return l.nestedValues(v, data)
	}
	if clock := times(l.id, data); clock != nil {
		return clock
	}
	return integers(l.id, data)
}

// integers reads any integer type: as int64 where it fits, else as *big.Int.
func integers(t bindings.Type, data unsafe.Pointer) reader {
	switch t {
	case bindings.TypeTinyInt:
		return func(row int) any { return int64(at[int8](data, row)) }
	case bindings.TypeSmallInt:
		return func(row int) any { return int64(at[int16](data, row)) }
	case bindings.TypeInteger:
		return func(row int) any { return int64(at[int32](data, row)) }
	case bindings.TypeUTinyInt:
		return func(row int) any { return int64(at[uint8](data, row)) }
	case bindings.TypeUSmallInt:
		return func(row int) any { return int64(at[uint16](data, row)) }
	case bindings.TypeUInteger:
		return func(row int) any { return int64(at[uint32](data, row)) }
	case bindings.TypeUBigInt:
		return func(row int) any { return hugeint{lower: at[uint64](data, row)}.value() }
	case bindings.TypeHugeInt:
		return func(row int) any { return at[hugeint](data, row).value() }
	case bindings.TypeUHugeInt:
		return func(row int) any { return at[hugeint](data, row).unsigned() }
	default:
		return func(row int) any { return at[int64](data, row) }
	}
}

// times reads the types of date and time; nil for any other.
func times(t bindings.Type, data unsafe.Pointer) reader {
	switch t {
	case bindings.TypeTimestamp, bindings.TypeTimestampTZ:
		return func(row int) any { return time.UnixMicro(at[int64](data, row)).UTC() }
	case bindings.TypeTimestampS:
		return func(row int) any { return time.Unix(at[int64](data, row), 0).UTC() }
	case bindings.TypeTimestampMS:
		return func(row int) any { return time.UnixMilli(at[int64](data, row)).UTC() }
	case bindings.TypeTimestampNS:
		return func(row int) any { return time.Unix(0, at[int64](data, row)).UTC() }
	case bindings.TypeDate:
		return func(row int) any { return time.Unix(int64(at[int32](data, row))*86400, 0).UTC().Format(time.DateOnly) }
	case bindings.TypeTime:
		return func(row int) any { return time.UnixMicro(at[int64](data, row)).UTC().Format("15:04:05.000000") }
	}
	return nil
}

func (l *logicalType) nestedValues(v bindings.Vector, data unsafe.Pointer) reader {
	if l.id == bindings.TypeStruct {
		fields := make([]reader, len(l.children))
		for i := range l.children {
			fields[i] = l.children[i].reader(bindings.StructVectorGetChild(v, bindings.IdxT(i)))
		}
		return func(row int) any {
			o := make(object, len(fields))
			for i, field := range fields {
				o[i] = member{l.labels[i], field(row)}
			}
			return o
		}
	}
	if l.id == bindings.TypeArray {
		item := l.children[0].reader(bindings.ArrayVectorGetChild(v))
		return func(row int) any { return list(item, row*l.length, l.length) }
	}
	child := bindings.ListVectorGetChild(v)
	if l.id == bindings.TypeList {
		item := l.children[0].reader(child)
		return func(row int) any {
			e := at[listEntry](data, row)
			return list(item, int(e.offset), int(e.length))
		}
	}
	key := l.children[0].reader(bindings.StructVectorGetChild(child, 0))
	value := l.children[1].reader(bindings.StructVectorGetChild(child, 1))
	return func(row int) any {
		e := at[listEntry](data, row)
		o := make(object, e.length)
		for i := range o {
			o[i] = member{fmt.Sprint(key(int(e.offset) + i)), value(int(e.offset) + i)}
		}
		return o
	}
}

func list(item reader, offset, length int) []any {
	out := make([]any, length)
	for i := range out {
		out[i] = item(offset + i)
	}
	return out
}

// The layouts below are DuckDB's, as its C header duckdb.h declares them.

type listEntry struct{ offset, length uint64 }

type interval struct {
	months, days int32
	micros       int64
}

// String is the interval in the words of SQL.
func (i interval) String() string {
	return fmt.Sprintf("%d months %d days %s", i.months, i.days, time.Duration(i.micros)*time.Microsecond)
}

type hugeint struct {
	lower uint64
	upper int64
}

func (h hugeint) value() any {
	if h.upper == 0 && h.lower>>63 == 0 || h.upper == -1 && h.lower>>63 == 1 {
		return int64(h.lower)
	}
	return h.big(big.NewInt(h.upper))
}

func (h hugeint) unsigned() any {
	if h.upper == 0 {
		return h.value()
	}
	return h.big(new(big.Int).SetUint64(uint64(h.upper)))
}

func (h hugeint) big(upper *big.Int) *big.Int {
	return upper.Lsh(upper, 64).Add(upper, new(big.Int).SetUint64(h.lower))
}

// uuid is the text of a UUID; DuckDB stores its 128 bits with the first one inverted.
func uuid(h hugeint) string {
	b := h.big(new(big.Int).SetUint64(uint64(h.upper) ^ 1<<63)).FillBytes(make([]byte, 16))
	x := hex.EncodeToString(b)
	return x[:8] + "-" + x[8:12] + "-" + x[12:16] + "-" + x[16:20] + "-" + x[20:]
}

// decimal is an exact number: unscaled with scale digits behind the point.
func decimal(unscaled any, scale int) json.Number {
	text := fmt.Sprint(unscaled)
	digits, negative := strings.CutPrefix(text, "-")
	if scale > 0 {
		digits = strings.Repeat("0", max(0, scale+1-len(digits))) + digits
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	if negative {
		digits = "-" + digits
	}
	return json.Number(digits)
}

// inlined is how long a string is at most that has no memory of its own.
const inlined = 12

// stringAt is the string in a row: 16 bytes that hold its length and either up to 12 bytes of it or a pointer. It is borrowed.
func stringAt(data unsafe.Pointer, row int) []byte {
	p := unsafe.Add(data, row*16)
	length := *(*uint32)(p)
	if length <= inlined {
		return unsafe.Slice((*byte)(unsafe.Add(p, 4)), length)
	}
	return unsafe.Slice(*(**byte)(unsafe.Add(p, 8)), length)
}
