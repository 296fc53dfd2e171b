package rowgen

import (
	"fmt"
	"strconv"
	"strings"
)

// View is the name under which the statements of Checks expect the rows of a sample.
const View = "sample"

// Check is one statement of SQL (DuckDB's), which gives one value, and the text of that value; "" is NULL.
type Check struct {
	SQL  string `json:"sql"`
	Want string `json:"want"`
}

// Checks holds a reader to what the rows of a sample hold, column by column: type, number of rows and values, sum, least and greatest,
// and for some values how many rows have them.
func (s Sample) Checks() []Check {
	var out []Check
	for _, c := range s.columns() {
		sum, show, literal := forms(c.typ)
		out = append(out,
			Check{one("any_value(typeof(" + c.name + "))"), c.typ},
			Check{one(fmt.Sprintf("count(*) || ' ' || count(%s)", c.name)), fmt.Sprintf("%d %d", c.rows, c.rows-c.nulls)},
			Check{one(fmt.Sprintf("CAST(sum("+sum+") AS VARCHAR)", c.name)), c.sum},
			Check{one(fmt.Sprintf(show, "min("+c.name+")")), c.min},
			Check{one(fmt.Sprintf(show, "max("+c.name+")")), c.max},
			Check{one("count(*)") + " WHERE " + c.name + " IS NULL", strconv.FormatInt(c.nulls, 10)},
		)
		for _, v := range c.values {
			where := c.name + " = " + fmt.Sprintf(literal, strings.ReplaceAll(v.text, "'", "''"))
			out = append(out, Check{one("count(*)") + " WHERE " + where, strconv.FormatInt(v.rows, 10)})
		}
	}
	return out
}

func one(expression string) string { return "SELECT CAST(" + expression + " AS VARCHAR) FROM " + View }

// forms are the patterns of SQL by which a column of a type is summed, shown, and compared with a value.
func forms(typ string) (sum, show, literal string) {
	switch typ {
	case "INTEGER", "BIGINT":
		return "%s", "CAST(%s AS VARCHAR)", "%s"
	case "DOUBLE":
		return "CAST(%s * 8 AS BIGINT)", "CAST(CAST(%s * 8 AS BIGINT) AS VARCHAR)", "%s / CAST(8 AS DOUBLE)"
	case "BOOLEAN":
		return "CAST(%s AS INTEGER)", "CAST(%s AS VARCHAR)", "%s"
	case "TIMESTAMP":
		return "CASE WHEN %s IS NULL THEN CAST(NULL AS INTEGER) END", "strftime(%s, '%%Y-%%m-%%dT%%H:%%M:%%S.%%f')", "TIMESTAMP '%s'"
	case "BLOB":
		return "octet_length(%s)", "lower(hex(%s))", "unhex('%s')"
	default:
		return "strlen(%s)", "%s", "'%s'"
	}
}
