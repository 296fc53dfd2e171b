package rowgen

import (
	"net/netip"
	"reflect"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// fill makes rows of any type out of the types of their fields. In a row group of NULLs all but the number and the time of the frame are
// zero.
func fill[R any](g gen, n int) []R {
	rows := make([]R, n)
	for i := range rows {
		row := reflect.ValueOf(&rows[i]).Elem()
		if !bare(i) {
			g.set(row)
		}
		if f := row.FieldByName("FrameNo"); f.IsValid() {
			f.SetInt(int64(i + 1))
		}
		row.FieldByName("TS").SetInt(g.ts(i))
	}
	return rows
}

// set gives a field, or all fields of a struct, a value by its type.
func (g gen) set(v reflect.Value) {
	switch v.Addr().Interface().(type) {
	case *netip.Addr:
		v.Set(reflect.ValueOf(g.addr()))
		return
	case *schema.MAC:
		v.Set(reflect.ValueOf(g.mac()))
		return
	case *schema.Tri:
		v.SetInt(g.Int64N(3))
		return
	case *[]byte:
		v.SetBytes([]byte(g.pick("example.com", ".", "a\\.b.example", "<b>.example", "größer", "a,b,c")))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.Int64 && strings.HasSuffix(v.Type().Field(i).Name, "TS") {
				f.SetInt(g.ts(i)) // a time that engines can say
			} else {
				g.set(f)
			}
		}
	case reflect.String:
		v.SetString(g.pick("", "udp", "<b>", "a'b"))
	case reflect.Int32:
		v.SetInt(int64(g.i32(65535)))
	case reflect.Int64:
		v.SetInt(g.i64(1 << 40))
	case reflect.Bool:
		v.SetBool(g.IntN(3) != 0)
	default:
		panic("no value for " + v.Type().String())
	}
}
