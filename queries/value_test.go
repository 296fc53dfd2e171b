package queries

import (
	"encoding/json"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestValues holds what a value of each type is in Go, in JSON and in text.
func TestValues(t *testing.T) {
	huge, _ := new(big.Int).SetString("170141183460469231731687303715884105727", 10)
	cases := []struct {
		sql, typ   string
		want       any
		json, text string // text "": the same as json
	}{
		{"NULL::BIGINT", "BIGINT", nil, "null", ""},
		{"true", "BOOLEAN", true, "true", ""},
		{"(-128)::TINYINT", "TINYINT", int64(-128), "-128", ""},
		{"(-32768)::SMALLINT", "SMALLINT", int64(-32768), "-32768", ""},
		{"2147483647", "INTEGER", int64(2147483647), "2147483647", ""},
		{"(-9223372036854775808)::BIGINT", "BIGINT", int64(-9223372036854775808), "-9223372036854775808", ""},
		{"255::UTINYINT", "UTINYINT", int64(255), "255", ""},
		{"65535::USMALLINT", "USMALLINT", int64(65535), "65535", ""},
		{"4294967295::UINTEGER", "UINTEGER", int64(4294967295), "4294967295", ""},
		{"18446744073709551615::UBIGINT", "UBIGINT", new(big.Int).SetUint64(1<<64 - 1), "18446744073709551615", ""},
		{"7::UBIGINT", "UBIGINT", int64(7), "7", ""},
		{"(-5)::HUGEINT", "HUGEINT", int64(-5), "-5", ""},
		{"9223372036854775808::HUGEINT", "HUGEINT", new(big.Int).SetUint64(1 << 63), "9223372036854775808", ""},
		{"170141183460469231731687303715884105727::HUGEINT", "HUGEINT", huge, huge.String(), ""},
		{"0.5::FLOAT", "FLOAT", 0.5, "0.5", ""},
		{"1e300::DOUBLE", "DOUBLE", 1e300, "1e+300", ""},
		{"'nan'::DOUBLE IS NULL", "BOOLEAN", false, "false", ""},
		{"1.50::DECIMAL(4,2)", "DECIMAL(4,2)", json.Number("1.50"), "1.50", ""},
		{"(-0.05)::DECIMAL(9,2)", "DECIMAL(9,2)", json.Number("-0.05"), "-0.05", ""},
		{"12345678901234567890.123::DECIMAL(38,3)", "DECIMAL(38,3)", json.Number("12345678901234567890.123"), "12345678901234567890.123", ""},
		{"''", "VARCHAR", "", `""`, " "},
		{"'twelve bytes'", "VARCHAR", "twelve bytes", `"twelve bytes"`, "twelve bytes"},
		{"'thirteen long'", "VARCHAR", "thirteen long", `"thirteen long"`, "thirteen long"},
		{"chr(27) || '[2J'", "VARCHAR", "\x1b[2J", `"\u001b[2J"`, "\x1b[2J"},
		{"'</script>'", "VARCHAR", "</script>", `"\u003c/script\u003e"`, "</script>"},
		{"chr(8238) || 'gpj.exe'", "VARCHAR", "\u202egpj.exe", `"\u202egpj.exe"`, "\u202egpj.exe"},
		{"'\\x00\\xFF'::BLOB", "BLOB", []byte{0, 255}, `"00ff"`, "00ff"},
		{"TIMESTAMP '2018-07-21 18:55:30.917674'", "TIMESTAMP", time.Date(2018, 7, 21, 18, 55, 30, 917674000, time.UTC), `"2018-07-21T18:55:30.917674Z"`, "2018-07-21T18:55:30.917674Z"},
		{"TIMESTAMP '2018-07-21 18:55:30'", "TIMESTAMP", time.Date(2018, 7, 21, 18, 55, 30, 0, time.UTC), `"2018-07-21T18:55:30.000000Z"`, "2018-07-21T18:55:30.000000Z"},
		{"TIMESTAMP '1969-12-31 23:59:59.5'", "TIMESTAMP", time.Date(1969, 12, 31, 23, 59, 59, 5e8, time.UTC), `"1969-12-31T23:59:59.500000Z"`, "1969-12-31T23:59:59.500000Z"},
		{"'2014-12-09 17:16:09.924505488'::TIMESTAMP_NS", "TIMESTAMP_NS", time.Date(2014, 12, 9, 17, 16, 9, 924505488, time.UTC), `"2014-12-09T17:16:09.924505488Z"`, "2014-12-09T17:16:09.924505488Z"},
		{"'2014-12-09 17:16:09'::TIMESTAMP_S", "TIMESTAMP_S", time.Date(2014, 12, 9, 17, 16, 9, 0, time.UTC), `"2014-12-09T17:16:09Z"`, "2014-12-09T17:16:09Z"},
		{"'2014-12-09 17:16:09+02'::TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", time.Date(2014, 12, 9, 15, 16, 9, 0, time.UTC), `"2014-12-09T15:16:09.000000Z"`, "2014-12-09T15:16:09.000000Z"},
		{"DATE '1969-12-31'", "DATE", "1969-12-31", `"1969-12-31"`, "1969-12-31"},
		{"TIME '01:02:03.5'", "TIME", "01:02:03.500000", `"01:02:03.500000"`, "01:02:03.500000"},
		{"INTERVAL 90 SECOND", "INTERVAL", "0 months 0 days 1m30s", `"0 months 0 days 1m30s"`, "0 months 0 days 1m30s"},
		{"'8d3bfb7e-2c8e-4a9c-9a57-2f1f4a4b7f10'::UUID", "UUID", "8d3bfb7e-2c8e-4a9c-9a57-2f1f4a4b7f10", `"8d3bfb7e-2c8e-4a9c-9a57-2f1f4a4b7f10"`, "8d3bfb7e-2c8e-4a9c-9a57-2f1f4a4b7f10"},
		{"'b'::ENUM('a', 'b')", "ENUM", "b", `"b"`, "b"},
		{"[1, NULL, 3]", "INTEGER[]", []any{int64(1), nil, int64(3)}, "[1,null,3]", ""},
		{"[]::VARCHAR[]", "VARCHAR[]", []any{}, "[]", ""},
		{"[1, 2]::INTEGER[2]", "INTEGER[2]", []any{int64(1), int64(2)}, "[1,2]", ""},
		{"{'b': 1, 'a': [{'x': true}]}", `STRUCT("b" INTEGER, "a" STRUCT("x" BOOLEAN)[])`, nil, `{"b":1,"a":[{"x":true}]}`, ""},
		{"MAP {'z': 1::BIGINT, 'a': NULL}", "MAP(VARCHAR, BIGINT)", nil, `{"z":1,"a":null}`, ""},
		{"'{\"a\": 1}'::JSON", "JSON", `{"a": 1}`, `"{\"a\": 1}"`, `{"a": 1}`},
	}
	s := openSession(t, Dataset{})
	for _, c := range cases {
		t.Run(c.sql, func(t *testing.T) {
			table, err := tryCollect(s, "SELECT v FROM (VALUES (NULL, 0), (("+c.sql+"), 1)) AS t(v, n) ORDER BY n")
			if err != nil {
				t.Fatal(err)
			}
			if got := table.Columns[0].Type; got != c.typ {
				t.Errorf("type %s, want %s", got, c.typ)
			}
			if table.Rows[0][0] != nil {
				t.Errorf("NULL is %v", table.Rows[0][0])
			}
			got := table.Rows[1][0]
			if c.want != nil {
				if diff := cmp.Diff(c.want, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
					t.Error(diff)
				}
			}
			if j := string(appendJSON(nil, got, c.typ)); j != c.json {
				t.Errorf("JSON %s, want %s", j, c.json)
			}
			want := c.text
			switch {
			case want == "" && got != nil:
				want = c.json
			case want == " ":
				want = ""
			}
			if x := Text(got, table.Columns[0]); x != want {
				t.Errorf("text %q, want %q", x, want)
			}
		})
	}
	for _, sql := range []string{"SELECT '101'::BIT", "SELECT union_value(a := 1)"} {
		if _, err := tryCollect(s, sql); err == nil {
			t.Errorf("%s: no error", sql)
		}
	}
}

func TestEscapeText(t *testing.T) {
	cases := []struct{ in, want string }{
		{"", ""},
		{"plain ASCII, Käse, 日本", "plain ASCII, Käse, 日本"},
		{`C:\path`, `C:\path`},
		{"\x1b[2J\x1b]0;title\a", `\x1b[2J\x1b]0;title\x07`},
		{"a\tb\nc\rd", `a\tb\nc\rd`},
		{"\x7f\u009b31m", `\x7f\x9b31m`},
		{"\u202egpj.exe\u2066x\u2069", `\u202egpj.exe\u2066x\u2069`},
		{"zero\u200bwidth\ufeff", `zero\u200bwidth\ufeff`},
		{"bad \xff\xfe bytes", `bad \xff\xfe bytes`},
		{"line\u2028sep", `line\u2028sep`},
		{"\U000e0041 tag", `\U000e0041 tag`},
	}
	for _, c := range cases {
		if got := EscapeText(c.in); got != c.want {
			t.Errorf("EscapeText(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}
