package classify

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// naiveSQL is what a first attempt would look like; every evaluation shows it beside the detectors.
//
//go:embed naive.sql
var naiveSQL string

// naiveRanks put floods first: who counts ports takes every bot of a flood for a scanner.
var naiveRanks = map[string]int{"ddos": 4, "dos": 3, "scan": 2, "theft": 1}

func naiveCharges(ctx context.Context, s *queries.Session) ([]charge, error) {
	t, err := ask(ctx, s, naiveSQL)
	if err != nil {
		return nil, fmt.Errorf("run naive rules: %w", err)
	}
	var out []charge
	for _, row := range t.Rows {
		class, _ := row[0].(string)
		c := charge{
			class: class, rank: naiveRanks[class], src: addr(row[1]), dst: addr(row[2]), port: anyPort, proto: anyProto,
			start: row[4].(time.Time).UnixMicro(), end: row[5].(time.Time).UnixMicro(),
		}
		if proto, ok := row[3].(int64); ok {
			c.proto = int32(proto)
		}
		out = append(out, c)
	}
	return out, nil
}
