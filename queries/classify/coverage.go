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

// locate fills in which captures hold each verdict and what they lack.
func locate(ctx context.Context, s *queries.Session, verdicts []Verdict, captures []capture) error {
	several := make([]bool, len(verdicts)) // captures cover its time
	for i := range verdicts {
		n := 0
		for _, c := range captures {
			if c.covers(&verdicts[i]) {
				n++
			}
		}
		several[i] = n > 1
	}
	holders, err := holding(ctx, s, verdicts, several)
	if err != nil {
		return err
	}
	for i := range verdicts {
		v := &verdicts[i]
		var ids, sensors, lacks []string
		for _, c := range captures {
			if !c.covers(v) || several[i] && v.HasProto && !holders[holder{int64(i), c.id}] {
				continue
			}
			ids, sensors = append(ids, c.id), append(sensors, c.sensor)
			if c.lacks != "" {
				lacks = append(lacks, c.lacks)
			}
		}
		v.CaptureIDs, v.Sensor = list(ids, ","), list(sensors, ",")
		if v.Coverage = list(lacks, ","); v.Coverage == "" {
			v.Coverage = "full"
		}
	}
	return nil
}

// covers reports whether the capture has packets before the verdict ends and after it begins.
func (c *capture) covers(v *Verdict) bool { return c.last >= v.StartTS && c.first <= v.EndTS }

// holder says that a capture has flows of the verdict of that number.
type holder struct {
	verdict int64
	capture string
}

// holding asks once for all verdicts of a protocol in whose time there are several captures: a lake of many captures is slow to open.
func holding(ctx context.Context, s *queries.Session, verdicts []Verdict, several []bool) (map[holder]bool, error) {
	var rows []string
	for i := range verdicts {
		if v := &verdicts[i]; v.HasProto && several[i] {
			rows = append(rows, fmt.Sprintf("(%d, %d, %s, %s, %s, %s, %s)", i, v.IPProto, quoteOrNull(v.SrcIP), quoteOrNull(v.DstIP), portOrNull(v), moment(v.StartTS), moment(v.EndTS)))
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	t, err := ask(ctx, s, `SELECT DISTINCT v.n, f.capture_id
FROM flows f JOIN (VALUES `+strings.Join(rows, ", ")+`) v(n, proto, src, dst, port, start_ts, end_ts)
  ON f.ip_proto = v.proto AND f.first_ts <= v.end_ts AND f.last_ts >= v.start_ts
 AND (f.src_ip = coalesce(v.src, f.src_ip) AND f.dst_ip = coalesce(v.dst, f.dst_ip) AND (v.port IS NULL OR f.dst_port = v.port)
   OR f.dst_ip = coalesce(v.src, f.dst_ip) AND f.src_ip = coalesce(v.dst, f.src_ip) AND (v.port IS NULL OR f.src_port = v.port))`)
	if err != nil {
		return nil, fmt.Errorf("find captures of verdicts: %w", err)
	}
	out := map[holder]bool{}
	for _, row := range t.Rows {
		id, _ := row[1].(string)
		out[holder{row[0].(int64), id}] = true
	}
	return out, nil
}

func quoteOrNull(address string) string {
	if address == "" {
		return "CAST(NULL AS VARCHAR)"
	}
	return quote(address)
}

func portOrNull(v *Verdict) string {
	if !v.HasPort {
		return "CAST(NULL AS INTEGER)"
	}
	return fmt.Sprint(v.DstPort)
}

// list is different texts in their order, with what stands between.
func list(texts []string, between string) string {
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), between)
}
