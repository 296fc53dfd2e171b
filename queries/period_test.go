package queries

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/schema"
)

// TestPeriod: --from and --to are half-open and exact to the nanosecond, before 1970 as well; rows without a time are in no period.
func TestPeriod(t *testing.T) {
	l := newTestLake(t)
	l.add("packets", `SELECT 'c' AS capture_id, 'default' AS sensor, frame_no, make_timestamp(us) AS ts, CASE WHEN us IS NOT NULL THEN ns END AS ts_extra_ns FROM (VALUES
		(1, -1::BIGINT, 999), (2, 0, 0), (3, 1000000, 0), (4, 1000000, 1), (5, 1000000, 999), (6, 1000001, 0), (7, 9000000000000000, 5), (8, NULL, NULL)
	) AS v(frame_no, us, ns)`)
	at := func(us, ns int64) time.Time { return time.UnixMicro(us).Add(time.Duration(ns)).UTC() }
	var never time.Time
	tests := []struct {
		from, to time.Time
		want     string
	}{
		{never, never, "1 2 3 4 5 6 7 8"},
		{at(1e6, 0), never, "3 4 5 6 7"},
		{at(1e6, 1), never, "4 5 6 7"},
		{at(1e6, 2), never, "5 6 7"},
		{at(1e6, 999), at(1e6+1, 0), "5"},
		{never, at(1e6, 0), "1 2"},
		{never, at(1e6, 1), "1 2 3"},
		{never, at(1e6, 999), "1 2 3 4"},
		{never, at(1e6+1, 0), "1 2 3 4 5"},
		{never, at(1e6+1, 1), "1 2 3 4 5 6"},
		{at(1e6, 0), at(1e6, 0), ""},
		{at(1e6, 1), at(1e6, 999), "4"},
		{at(-1, 999), at(0, 0), "1"},
		{at(0, 0), at(0, 1), "2"},
		{at(-1, 0), at(-1, 999), ""},
		{at(9e15, 5), at(9e15, 6), "7"},
		{at(9e15, 6), never, ""},
	}
	for _, test := range tests {
		s := l.session(Dataset{From: test.from, To: test.to})
		var got []string
		for _, row := range collect(t, s, "SELECT frame_no FROM packets ORDER BY frame_no").Rows {
			got = append(got, fmt.Sprint(row[0]))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("from %v to %v: frames %v, want %s", test.from, test.to, got, test.want)
		}
	}
}

// TestPeriodOfFlows: what lasts is in every period that it reaches into.
func TestPeriodOfFlows(t *testing.T) {
	l := newTestLake(t)
	l.add("flows", `SELECT 'c' AS capture_id, 'default' AS sensor, flow_id, make_timestamp(a) AS first_ts, CASE WHEN a IS NOT NULL THEN an END AS first_ts_extra_ns,
		make_timestamp(b) AS last_ts, CASE WHEN b IS NOT NULL THEN bn END AS last_ts_extra_ns FROM (VALUES
		(1, 0::BIGINT, 0, 1000000::BIGINT, 5), (2, 1000000, 6, 1000000, 6), (3, 0, 0, 9000000, 0), (4, NULL, NULL, NULL, NULL)
	) AS v(flow_id, a, an, b, bn)`)
	at := func(us, ns int64) time.Time { return time.UnixMicro(us).Add(time.Duration(ns)).UTC() }
	var never time.Time
	for _, test := range []struct {
		from, to time.Time
		want     string
	}{
		{never, never, "1 2 3 4"},
		{at(1e6, 0), never, "1 2 3"},
		{at(1e6, 5), never, "1 2 3"},
		{at(1e6, 6), never, "2 3"},
		{at(1e6, 7), never, "3"},
		{never, at(1e6, 6), "1 3"},
		{never, at(1e6, 7), "1 2 3"},
		{never, at(0, 0), ""},
		{at(5e6, 0), at(5e6, 1), "3"},
	} {
		s := l.session(Dataset{From: test.from, To: test.to})
		var got []string
		for _, row := range collect(t, s, "SELECT flow_id FROM flows ORDER BY flow_id").Rows {
			got = append(got, fmt.Sprint(row[0]))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("from %v to %v: flows %v, want %s", test.from, test.to, got, test.want)
		}
	}
}

// TestLive holds which files a period and sensors leave: none that can hold a row of theirs is missing.
func TestLive(t *testing.T) {
	file := func(table, sensor string, first, last int64) schema.File {
		return schema.File{Table: table, Name: fmt.Sprintf("%s %s %d", table, sensor, first), Sensor: sensor, Rows: 1, MinTS: first, MaxTS: last}
	}
	files := []schema.File{
		file("packets", "a", -5, -1), file("packets", "a", 0, 10), file("dns", "a", 0, 10), file("packets", "b", 10, 20),
		{Table: "packets", Name: "untimed", Sensor: "a", Rows: 1, MinTS: schema.NoTime, MaxTS: schema.NoTime},
		{Table: "packets", Name: "empty", Sensor: "a"},
	}
	at := func(us, ns int64) time.Time { return time.UnixMicro(us).Add(time.Duration(ns)) }
	tests := []struct {
		dataset Dataset
		tables  []string
		want    []string
	}{
		{Dataset{}, nil, []string{"packets a -5", "packets a 0", "dns a 0", "packets b 10", "untimed"}},
		{Dataset{}, []string{"dns"}, []string{"dns a 0"}},
		{Dataset{Sensors: []string{"b"}}, nil, []string{"packets b 10"}},
		{Dataset{Sensors: []string{"c"}}, nil, nil},
		{Dataset{From: at(10, 0)}, []string{"packets"}, []string{"packets a 0", "packets b 10"}},
		{Dataset{From: at(10, 999)}, []string{"packets"}, []string{"packets a 0", "packets b 10"}},
		{Dataset{From: at(11, 0)}, []string{"packets"}, []string{"packets b 10"}},
		{Dataset{To: at(0, 0)}, []string{"packets"}, []string{"packets a -5"}},
		{Dataset{To: at(0, 1)}, []string{"packets"}, []string{"packets a -5", "packets a 0"}},
		{Dataset{From: at(-1, 0), To: at(0, 0)}, []string{"packets"}, []string{"packets a -5"}},
		{Dataset{From: at(21, 0)}, nil, nil},
	}
	for _, test := range tests {
		test.dataset.Files = files
		var got []string
		for _, f := range test.dataset.Live(test.tables...) {
			got = append(got, f.Name)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v to %v, sensors %v, tables %v: -want +got\n%s", test.dataset.From, test.dataset.To, test.dataset.Sensors, test.tables, diff)
		}
	}
}
