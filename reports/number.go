package reports

import (
	"encoding/json"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
)

// identifiers end the names of columns whose numbers are names, not amounts: they are not grouped, and no chart scales them.
var identifiers = []string{"port", "ports", "id", "no", "version", "depth", "offset", "vlan", "type", "code", "opcode", "rcode"}

func isIdentifier(column string) bool {
	words := strings.Split(column, "_")
	return slices.Contains(identifiers, words[len(words)-1])
}

// unitOf is the unit of a column's amounts, by its name: bytes, seconds or count.
func unitOf(column string) string {
	words := strings.Split(column, "_")
	switch {
	case slices.Contains(words, "bytes"), words[len(words)-1] == "len":
		return "bytes"
	case slices.Contains(words, "seconds"):
		return "seconds"
	}
	return "count"
}

// amount is a value of a result as a number; NaN when it is none.
func amount(value any) float64 {
	switch v := value.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	case json.Number:
		if f, err := v.Float64(); err == nil {
			return f
		}
	case *big.Int:
		f, _ := new(big.Float).SetInt(v).Float64()
		return f
	}
	return math.NaN()
}

// grouped writes a number with commas between thousands.
func grouped(value any) string {
	switch v := value.(type) {
	case int64:
		return humanize.Comma(v)
	case *big.Int:
		return humanize.BigComma(v)
	case float64:
		if math.Abs(v) < 1e15 {
			text := humanize.CommafWithDigits(v, 6)
			if strings.Contains(text, ".") {
				text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
			}
			return text
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case json.Number:
		return v.String()
	}
	return ""
}

// round3 keeps three decimals.
func round3(f float64) float64 { return math.Round(f*1000) / 1000 }

// prefixes of thousands, as echarts/charts.js has them.
var prefixes = []string{"", "k", "M", "G", "T", "P", "E"}

// human writes an amount with three digits and the SI prefix of its unit: 27979 bytes -> 28.0 kB.
func human(value float64, unit string) string {
	symbol := map[string]string{"bytes": "B", "seconds": "s"}[unit]
	power := 0
	rest := math.Abs(value)
	for ; rest >= 999.5 && power < len(prefixes)-1; power++ {
		rest /= 1000
	}
	digits := 2
	switch {
	case power == 0 && rest == math.Trunc(rest), rest >= 99.95:
		digits = 0
	case rest >= 9.995:
		digits = 1
	}
	text := strconv.FormatFloat(math.Copysign(rest, value), 'f', digits, 64)
	if prefixes[power]+symbol != "" {
		text += "\u00a0"
	}
	return text + prefixes[power] + symbol
}
