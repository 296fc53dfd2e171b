package lake

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A field is one field of a struct as a column: its own type where Parquet has that, else its JSON. NULL stands for nil.
type field struct {
	name string // of the column
	at   int
	typ  reflect.Type
}

// fieldsOf derives the columns of a struct from its JSON tags. Those named in without are left out.
func fieldsOf(t reflect.Type, prefix string, without ...string) []field {
	var fields []field
next:
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		for _, w := range without {
			if w == name {
				continue next
			}
		}
		fields = append(fields, field{prefix + name, i, t.Field(i).Type})
	}
	return fields
}

func (f *field) arrow() arrow.Field {
	t := arrow.Field{Name: f.name, Type: arrow.BinaryTypes.String, Nullable: true}
	switch f.typ.Kind() {
	case reflect.Int64, reflect.Int32:
		t.Type = arrow.PrimitiveTypes.Int64
	case reflect.Bool:
		t.Type = arrow.FixedWidthTypes.Boolean
	case reflect.Pointer: // to int64
		t.Type = arrow.PrimitiveTypes.Int64
	}
	return t
}

// column returns the field of all rows as an Arrow array; row returns the struct of one.
func (f *field) column(rows int, row func(int) reflect.Value) (arrow.Array, error) {
	b := array.NewBuilder(memory.DefaultAllocator, f.arrow().Type)
	b.Reserve(rows)
	for i := range rows {
		if err := appendValue(b, row(i).Field(f.at)); err != nil {
			return nil, fmt.Errorf("column %s: %w", f.name, err)
		}
	}
	return b.NewArray(), nil
}

func appendValue(to array.Builder, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		to.(*array.StringBuilder).Append(v.String())
	case reflect.Int64, reflect.Int32:
		to.(*array.Int64Builder).Append(v.Int())
	case reflect.Bool:
		to.(*array.BooleanBuilder).Append(v.Bool())
	default:
		if v.IsNil() {
			to.AppendNull()
			return nil
		}
		if v.Kind() == reflect.Pointer {
			return appendValue(to, v.Elem())
		}
		text, err := json.Marshal(v.Interface())
		if err != nil {
			return err
		}
		to.(*array.StringBuilder).Append(string(text))
	}
	return nil
}

// fill sets the field of all rows from a column; equal JSON is parsed once, and its value shared.
func (f *field) fill(from arrow.Array, row func(int) reflect.Value) error {
	parsed := map[string]reflect.Value{}
	for i := range from.Len() {
		if from.IsNull(i) {
			continue
		}
		to := row(i).Field(f.at)
		switch from := from.(type) {
		case *array.Int64:
			if n := &from.Int64Values()[i]; f.typ.Kind() == reflect.Pointer {
				to.Set(reflect.ValueOf(n))
			} else {
				to.SetInt(*n)
			}
		case *array.Boolean:
			to.SetBool(from.Value(i))
		case *array.String:
			text := from.Value(i)
			if f.typ.Kind() == reflect.String {
				to.SetString(text)
				continue
			}
			v, known := parsed[text]
			if !known {
				p := reflect.New(f.typ)
				if err := json.Unmarshal([]byte(text), p.Interface()); err != nil {
					return fmt.Errorf("column %s: %w", f.name, err)
				}
				v = p.Elem()
				parsed[text] = v
			}
			to.Set(v)
		}
	}
	return nil
}
