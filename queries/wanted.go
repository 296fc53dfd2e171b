package queries

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Wanted says which packets are wanted: those that meet all of what is set.
type Wanted struct {
	SQL        string   // a statement whose rows name packets: by capture_id and frame_no, or by capture_id and flow_id
	Query      *Query   // a named query in the place of SQL; nil: none
	WholeFlows bool     // all packets of the flows that rows of SQL name, where they name both
	Where      string   // a condition on columns of packets
	Filter     string   // a capture filter: see CaptureFilter
	Flows      []string // community ids, or CAPTURE_ID/FLOW_ID
}

// Errors of what cannot name packets.
var (
	// ErrNotPackets is the error of a statement whose rows name no packets.
	ErrNotPackets = errors.New("its rows name no packets: select capture_id and frame_no, or capture_id and flow_id")
	// ErrFlow is the error of a text that names no flow.
	ErrFlow = errors.New("a flow is named by its community id, such as 1:LQU9qZlK+B5F3KDmev6m5PMibrg=, or by CAPTURE_ID/FLOW_ID")
)

// wantedColumns are those of the rows of Packets, in their order.
const wantedColumns = "p.capture_id, p.frame_no, p.frame_offset, p.interface_id, p.ts, p.ts_extra_ns, p.cap_len"

// Packets returns where the wanted packets lie: rows of capture_id, frame_no, frame_offset, interface_id, ts, ts_extra_ns and cap_len, capture by capture by their
// first times, and each once in the order of its frames. The errors are ErrNotPackets, ErrFlow, ErrCaptureFilter, and those of
// Query.
func (s *Session) Packets(ctx context.Context, w Wanted, params map[string]string) (*Result, error) {
	values, err := w.values(params)
	if err != nil {
		return nil, err
	}
	var conditions []string
	if w.SQL != "" {
		key, err := s.packetKey(ctx, &w, values)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, fmt.Sprintf("(p.capture_id, p.%[1]s) IN (SELECT (capture_id, %[1]s) FROM (%[2]s\n))", key, bare(w.SQL)))
	}
	if w.Where != "" {
		conditions = append(conditions, "("+w.Where+"\n)")
	}
	if w.Filter != "" {
		filter, err := CaptureFilter(w.Filter)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, filter)
	}
	if len(w.Flows) > 0 {
		flows, err := flowCondition(w.Flows)
		if err != nil {
			return nil, err
		}
		conditions = append(conditions, flows)
	}
	if len(conditions) == 0 {
		conditions = append(conditions, "true")
	}
	return s.start(ctx, "SELECT "+wantedColumns+" FROM packets p LEFT JOIN captures USING (capture_id) WHERE "+strings.Join(conditions, " AND ")+
		" ORDER BY captures.first_ts NULLS FIRST, p.capture_id, p.frame_no", values)
}

// values are those of the parameters, and puts the SQL of a named query in its place.
func (w *Wanted) values(params map[string]string) (map[string]any, error) {
	if w.Query != nil {
		w.SQL = w.Query.SQL
		return w.Query.values(params)
	}
	return texts(params), nil
}

// packetKey is the column by which rows of the statement name packets, beside capture_id.
func (s *Session) packetKey(ctx context.Context, w *Wanted, values map[string]any) (string, error) {
	r, err := s.start(ctx, w.SQL, values)
	if err != nil {
		return "", err
	}
	defer r.Close()
	has := func(name string) bool {
		return slices.ContainsFunc(r.Columns(), func(c Column) bool { return strings.EqualFold(c.Name, name) })
	}
	switch {
	case !has("capture_id") || !has("frame_no") && !has("flow_id"):
		return "", ErrNotPackets
	case !has("frame_no") || has("flow_id") && w.WholeFlows:
		return "flow_id", nil
	}
	return "frame_no", nil
}

// bare is a statement without what ends it, to stand in another.
func bare(sql string) string { return strings.TrimRight(sql, "; \t\r\n") }

// flowCondition holds for the packets of flows.
func flowCondition(flows []string) (string, error) {
	var any []string
	for _, f := range flows {
		if strings.HasPrefix(f, "1:") {
			any = append(any, "(p.capture_id, p.flow_id) IN (SELECT (capture_id, flow_id) FROM flows WHERE community_id = "+literal(f)+")")
			continue
		}
		id, no, ok := strings.Cut(f, "/")
		n, err := strconv.ParseInt(no, 10, 64)
		if !ok || id == "" || err != nil {
			return "", fmt.Errorf("%w: %q", ErrFlow, f)
		}
		any = append(any, fmt.Sprintf("p.capture_id = %s AND p.flow_id = %d", literal(id), n))
	}
	return "(" + strings.Join(any, " OR ") + ")", nil
}
