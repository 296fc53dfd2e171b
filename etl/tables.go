package etl

import "github.com/pcaplake/pcaplake/schema"

// tables are those that the rows of a chunk go to, beside packets.
var tables = [...]table{
	byDay(schema.Flows, func(c *chunk) []schema.Flow { return c.flows }, func(r *schema.Flow) int64 { return r.FirstTS }),
	beside(schema.ARPs, func(c *chunk) []schema.ARP { return c.ARPs }, func(r *schema.ARP) int64 { return r.FrameNo }),
	beside(schema.DNSs, func(c *chunk) []schema.DNS { return c.DNSs }, func(r *schema.DNS) int64 { return r.FrameNo }),
	byDay(schema.TLSs, func(c *chunk) []schema.TLS { return c.TLSs }, func(r *schema.TLS) int64 { return r.TS }),
	byDay(schema.HTTPs, func(c *chunk) []schema.HTTP { return c.HTTPs }, func(r *schema.HTTP) int64 { return r.TS }),
	byDay(schema.SSHs, func(c *chunk) []schema.SSH { return c.SSHs }, func(r *schema.SSH) int64 { return r.TS }),
	beside(schema.QUICs, func(c *chunk) []schema.QUIC { return c.QUICs }, func(r *schema.QUIC) int64 { return r.FrameNo }),
	beside(schema.DHCPs, func(c *chunk) []schema.DHCP { return c.DHCPs }, func(r *schema.DHCP) int64 { return r.FrameNo }),
	beside(schema.NTPs, func(c *chunk) []schema.NTP { return c.NTPs }, func(r *schema.NTP) int64 { return r.FrameNo }),
	payloads,
	beside(schema.Comments, func(c *chunk) []schema.Comment { return c.comments }, func(r *schema.Comment) int64 { return r.FrameNo }),
	byDay(schema.RollupMinutes, func(c *chunk) []schema.Rollup { return c.minutes }, func(r *schema.Rollup) int64 { return r.TS }),
	byDay(schema.RollupHours, func(c *chunk) []schema.Rollup { return c.hours }, func(r *schema.Rollup) int64 { return r.TS }),
	byDay(schema.DNSs, func(c *chunk) []schema.DNS { return c.late }, func(r *schema.DNS) int64 { return r.TS }),
}

var payloads = beside(schema.Payloads, func(c *chunk) []schema.Payload { return c.Payloads }, func(r *schema.Payload) int64 { return r.FrameNo })

// A table takes its rows out of chunks.
type table interface {
	// appendTo writes to a part the rows of frames up to last, behind the first done, which are written, and returns how many are written then.
	appendTo(q *part, c *chunk, done int, last int64) (int, error)
	// appendDays writes the rows that don't lie beside their frames.
	appendDays(p *parts, c *chunk) error
}

// feed is the table whose rows are of type R.
type feed[R any] struct {
	table *schema.Rows[R]
	rows  func(*chunk) []R
	frame func(*R) int64 // in whose part a row lies; rows are in the order of frames. nil: by ts
	ts    func(*R) int64 // by whose day a row lies
}

// beside is a table whose rows lie in the part of their frames.
func beside[R any](t *schema.Rows[R], rows func(*chunk) []R, frame func(*R) int64) *feed[R] {
	return &feed[R]{table: t, rows: rows, frame: frame}
}

// byDay is a table whose rows may belong to frames of earlier chunks: each lies in the part of its own date.
func byDay[R any](t *schema.Rows[R], rows func(*chunk) []R, ts func(*R) int64) *feed[R] {
	return &feed[R]{table: t, rows: rows, ts: ts}
}

func (f *feed[R]) appendTo(q *part, c *chunk, done int, last int64) (int, error) {
	if f.frame == nil {
		return done, nil
	}
	rows, end := f.rows(c), done
	for end < len(rows) && f.frame(&rows[end]) <= last {
		end++
	}
	if end == done {
		return done, nil
	}
	return end, f.sink(q).append(rows[done:end])
}

func (f *feed[R]) appendDays(p *parts, c *chunk) error {
	if f.ts == nil {
		return nil
	}
	for rows := f.rows(c); len(rows) > 0; {
		day, n := dayOf(f.ts(&rows[0])), 1
		for n < len(rows) && dayOf(f.ts(&rows[n])) == day {
			n++
		}
		q, err := p.part(day)
		if err != nil {
			return err
		}
		if err := f.sink(q).append(rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// sink returns the table's file in a part.
func (f *feed[R]) sink(q *part) *sink[R] {
	s, ok := q.sinks[f.table.Name].(*sink[R])
	if !ok {
		s = &sink[R]{part: q, table: f.table}
		q.sinks[f.table.Name] = s
	}
	return s
}
