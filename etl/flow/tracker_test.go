package flow_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

func byID(rows []schema.Flow) {
	slices.SortFunc(rows, func(a, b schema.Flow) int { return cmp.Compare(a.FlowID, b.FlowID) })
}

func repeat(words string, n int) string { return " " + strings.TrimSpace(strings.Repeat(words+" ", n)) }
