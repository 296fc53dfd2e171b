package queries

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// summed says how rows of a view add up that has several of one key: a statement over the view, with its columns.
var summed = map[string]string{
	"traffic": `SELECT ip_version, src_ip, src_port, dst_ip, dst_port, ip_proto, CAST(sum(packets) AS BIGINT) AS packets, CAST(sum(payload_packets) AS BIGINT) AS payload_packets,
  CAST(sum(payload_bytes) AS BIGINT) AS payload_bytes, CAST(sum(wire_bytes) AS BIGINT) AS wire_bytes, min(first_ts) AS first_ts, max(last_ts) AS last_ts
FROM traffic GROUP BY ip_version, src_ip, src_port, dst_ip, dst_port, ip_proto`,
}

// Hold makes tables of views, for statements that read them again and again: they stand for as long as the session, with the rows that the views have,
// or where those add up with their sums. What is too big for memory is spilled. Measured with 300,000 packets, detectors take 0.5 s instead of 2.6 s.
func (s *Session) Hold(ctx context.Context, views ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return errors.New("the session is closed")
	}
	if err := s.makeNamed(ctx, views); err != nil {
		return err
	}
	for _, name := range views {
		if slices.Contains(s.held, name) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rows := summed[name]
		if rows == "" {
			rows = "FROM " + identifier(name)
		}
		table := identifier(name)
		if err := s.admin.exec("CREATE TABLE held AS " + rows + "; DROP VIEW " + table + "; ALTER TABLE held RENAME TO " + table); err != nil {
			return fmt.Errorf("hold %s: %w", name, err)
		}
		s.held = append(s.held, name)
	}
	return nil
}
