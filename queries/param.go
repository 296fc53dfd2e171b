package queries

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	bindings "github.com/duckdb/duckdb-go-bindings"
)

// timeLayouts are the forms of a TIMESTAMP parameter, read as UTC where they name no zone.
var timeLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly}

// parseParam reads the text of a value as one of ParamTypes.
func parseParam(typ, text string) (any, error) {
	var value any
	var err error
	switch typ {
	case "INTEGER":
		var n int64
		n, err = strconv.ParseInt(text, 10, 32)
		value = n
	case "BIGINT":
		value, err = strconv.ParseInt(text, 10, 64)
	case "DOUBLE":
		value, err = strconv.ParseFloat(text, 64)
	case "BOOLEAN":
		value, err = strconv.ParseBool(text)
	case "TIMESTAMP":
		value, err = parseTime(text)
	default:
		return text, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%q is no %s", text, typ)
	}
	return value, nil
}

func parseTime(text string) (time.Time, error) {
	var err error
	for _, layout := range timeLayouts {
		var t time.Time
		if t, err = time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, err
}

// values merges what the user gave with the defaults of the query's parameters and reads it by their declared types.
func (q *Query) values(given map[string]string) (map[string]any, error) {
	for name := range given {
		if q.param(name) == nil {
			return nil, fmt.Errorf("query %s has no parameter %q%s", q.Name, EscapeText(name), q.paramHint())
		}
	}
	values := map[string]any{}
	for _, p := range q.Params {
		text, ok := given[p.Name]
		switch {
		case !ok && p.Default == nil:
			values[p.Name] = nil
			continue
		case !ok:
			text = *p.Default
		}
		value, err := parseParam(p.Type, text)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		values[p.Name] = value
	}
	return values, nil
}

func (q *Query) paramHint() string {
	if len(q.Params) == 0 {
		return ": it takes none"
	}
	var names []string
	for _, p := range q.Params {
		names = append(names, p.Name)
	}
	return ": it takes " + strings.Join(names, ", ")
}

// bind gives each parameter of the statement its value. Text is read as the type that the statement wants at that place.
func (s *statement) bind(values map[string]any) error {
	for i := bindings.IdxT(1); i <= bindings.NParams(s.handle); i++ {
		name := bindings.ParameterName(s.handle, i)
		value, ok := values[name]
		if !ok {
			return fmt.Errorf("parameter $%s has no value: give it with --param %s=…", name, name)
		}
		if text, ok := value.(string); ok {
			var err error
			if value, err = parseParam(wanted(bindings.ParamType(s.handle, i)), text); err != nil {
				return fmt.Errorf("parameter %s: %w", name, err)
			}
		}
		if s.bindOne(i, value) == bindings.StateError {
			return fmt.Errorf("bind parameter %s: not accepted", name)
		}
	}
	return nil
}

// wanted names the type of ParamTypes that text for a parameter of type t is read as.
func wanted(t bindings.Type) string {
	switch t {
	case bindings.TypeTinyInt, bindings.TypeSmallInt, bindings.TypeInteger, bindings.TypeBigInt, bindings.TypeUTinyInt, bindings.TypeUSmallInt,
		bindings.TypeUInteger, bindings.TypeUBigInt, bindings.TypeHugeInt, bindings.TypeUHugeInt:
		return "BIGINT"
	case bindings.TypeFloat, bindings.TypeDouble, bindings.TypeDecimal:
		return "DOUBLE"
	case bindings.TypeBoolean:
		return "BOOLEAN"
	case bindings.TypeTimestamp, bindings.TypeTimestampS, bindings.TypeTimestampMS, bindings.TypeTimestampNS, bindings.TypeTimestampTZ:
		return "TIMESTAMP"
	}
	return "VARCHAR"
}

func (s *statement) bindOne(i bindings.IdxT, value any) bindings.State {
	switch v := value.(type) {
	case nil:
		return bindings.BindNull(s.handle, i)
	case bool:
		return bindings.BindBoolean(s.handle, i, v)
	case int64:
		return bindings.BindInt64(s.handle, i, v)
	case float64:
		return bindings.BindDouble(s.handle, i, v)
	case time.Time:
		return bindings.BindTimestamp(s.handle, i, bindings.NewTimestamp(v.UnixMicro()))
	case string:
		return bindings.BindVarchar(s.handle, i, v)
	}
	return bindings.StateError
}

// Bound is the query's SQL with the values of its parameters in their places, defaults where given has none: it runs as it stands.
func (q *Query) Bound(given map[string]string) (string, error) {
	values, err := q.values(given)
	if err != nil {
		return "", err
	}
	return bound(q.SQL, values), nil
}

// Extraction is the condition of Extract with the values of its parameters in their places, for extract --where; "" where none is declared, or a parameter in it has no value.
func (q *Query) Extraction(given map[string]string) (string, error) {
	values, err := q.values(given)
	if err != nil {
		return "", err
	}
	for _, name := range parameterName.FindAllString(q.Extract, -1) {
		if values[name[1:]] == nil {
			return "", nil
		}
	}
	return strings.TrimSpace(bound(q.Extract, values)), nil
}

// bound is SQL with values in the places of parameters.
func bound(sql string, values map[string]any) string {
	return parameterName.ReplaceAllStringFunc(bare(sql), func(name string) string {
		if value, ok := values[name[1:]]; ok {
			return sqlValue(value)
		}
		return name
	})
}

var parameterName = regexp.MustCompile(`\$[a-z][a-z0-9_]*`)

// sqlValue is a value of parseParam as a literal of SQL.
func sqlValue(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case string:
		return literal(v)
	case time.Time:
		return "TIMESTAMP " + literal(v.Format("2006-01-02 15:04:05.999999"))
	}
	return fmt.Sprint(value)
}
