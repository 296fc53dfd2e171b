package classify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// maxLoss is the part of packets or bytes that a capture may lack before nothing is concluded from what it does not show.
const maxLoss = 0.05

// capture is what an answer needs to know of a capture.
type capture struct {
	id, source, sensor string
	first, last        int64  // microseconds since 1970-01-01 UTC
	lacks              string // why it cannot be judged; "": it can
}

func readCaptures(ctx context.Context, s *queries.Session) ([]capture, error) {
	t, err := ask(ctx, s, `SELECT capture_id, source, sensor, first_ts, last_ts, concat_ws(', ',
  CASE WHEN status <> 'ok' THEN 'not read' END,
  CASE WHEN truncated THEN 'the file is cut off' END,
  CASE WHEN one_way THEN 'one direction only' END,
  CASE WHEN loss_ratio > `+fmt.Sprint(maxLoss)+` THEN printf('%.1f %% of TCP bytes missing', 100 * loss_ratio) END,
  CASE WHEN dropped > `+fmt.Sprint(maxLoss)+` * (frames + dropped) THEN dropped || ' packets dropped while capturing' END)
FROM captures ORDER BY first_ts NULLS LAST, source, capture_id`)
	if err != nil {
		return nil, err
	}
	var out []capture
	for _, row := range t.Rows {
		c := capture{first: 1, last: 0} // holds nothing
		c.id, _ = row[0].(string)
		c.source, _ = row[1].(string)
		c.sensor, _ = row[2].(string)
		if first, ok := row[3].(time.Time); ok {
			c.first, c.last = first.UnixMicro(), row[4].(time.Time).UnixMicro()
		}
		c.lacks, _ = row[5].(string)
		out = append(out, c)
	}
	return out, nil
}

// ask runs a statement to its end.
func ask(ctx context.Context, s *queries.Session, sql string) (*queries.Table, error) {
	r, err := s.Query(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	return queries.Collect(r, 0)
}

// locate fills in which captures hold the verdict and what they lack.
func (v *Verdict) locate(ctx context.Context, s *queries.Session, captures []capture) error {
	here := slices.DeleteFunc(slices.Clone(captures), func(c capture) bool { return c.last < v.StartTS || c.first > v.EndTS })
	if len(here) > 1 && v.HasProto {
		t, err := ask(ctx, s, fmt.Sprintf("SELECT DISTINCT capture_id FROM flows WHERE first_ts <= %s AND last_ts >= %s AND %s", moment(v.EndTS), moment(v.StartTS), v.packets()))
		if err != nil {
			return fmt.Errorf("find captures of %s: %w", v.Detector, err)
		}
		holds := map[any]bool{}
		for _, row := range t.Rows {
			holds[row[0]] = true
		}
		here = slices.DeleteFunc(here, func(c capture) bool { return !holds[c.id] })
	}
	var ids, sensors, lacks []string
	for _, c := range here {
		ids, sensors = append(ids, c.id), append(sensors, c.sensor)
		if c.lacks != "" {
			lacks = append(lacks, c.lacks)
		}
	}
	v.CaptureIDs, v.Sensor = list(ids), list(sensors)
	if v.Coverage = list(lacks); v.Coverage == "" {
		v.Coverage = "full"
	}
	return nil
}

// list is different texts in their order, commas between.
func list(texts []string) string {
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), ",")
}
