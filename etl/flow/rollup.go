package flow

import (
	"math"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	minute = 60_000_000 // microseconds
	hour   = 60 * minute

	// maxSums is how many sums of a span are held at a time, of 300 bytes each with their place; whoever sends the packets can make the keys many. Then all
	// are given out, and begin anew: rows of one key add up.
	maxSums = 1 << 13
)

// bin is what the packets of a flow add up to in the minute of the last one that has a time.
type bin struct {
	first, last int64 // least and greatest time of them, in one minute
	bytes       int64
	packets     uint32 // 0: there is none
	flows       uint32 // 1: the flow began, and no sum has it yet
}

// sumKey is what a sum is of.
type sumKey struct {
	span     int64 // its begin, or NoTime
	src, dst [2]uint64
	port     int32 // -1: none
	proto    int16 // -1: none
	version  uint8
	service  uint8
}

// sums are rows of one table of sums in the making.
type sums struct {
	span  int64 // microseconds
	index map[sumKey]int32
	rows  []schema.Rollup
}

// reset forgets all sums.
func (s *sums) reset(span int64) {
	if s.span = span; s.index == nil {
		s.index = map[sumKey]int32{}
	}
	clear(s.index)
	s.rows = s.rows[:0]
}

// give returns all sums, and begins anew.
func (s *sums) give() []schema.Rollup {
	clear(s.index)
	given := s.rows
	s.rows = make([]schema.Rollup, 0, len(given)) // seldom enough to be left to the garbage collector
	return given
}

// floor is the begin of the span that a time is in.
func floor(ts, span int64) int64 {
	if ts == schema.NoTime {
		return ts
	}
	rest := ts % span
	if rest < 0 {
		rest += span
	}
	if ts < math.MinInt64+rest+1 {
		return ts
	}
	return ts - rest
}

// sum counts a packet in the minute of its flow.
func (t *Tracker) sum(r *record, p *schema.Packet) {
	b := &r.bin
	if p.TS < t.minute || uint64(p.TS)-uint64(t.minute) >= minute || t.minute == schema.NoTime {
		t.minute = floor(p.TS, minute)
	}
	if b.packets > 0 && (b.first < t.minute || uint64(b.first)-uint64(t.minute) >= minute || b.packets == math.MaxUint32) {
		t.flush(r)
	}
	if b.packets == 0 {
		b.first, b.last = p.TS, p.TS
	}
	b.first, b.last = min(b.first, p.TS), max(b.last, p.TS)
	b.bytes += p.WireLen
	b.packets++
}

// flush adds the minute of a flow to the sums.
func (t *Tracker) flush(r *record) {
	b := &r.bin
	if b.packets == 0 {
		return
	}
	k := sumKey{src: r.key.low, dst: r.key.high, port: -1, proto: -1, version: uint8(r.key.meta >> metaVersionAt & 15), service: r.service}
	to := r.key.ports >> 32
	if r.forwardHigh {
		k.src, k.dst, to = k.dst, k.src, r.key.ports>>48
	}
	if r.key.meta&(metaPorts|metaICMP) == metaPorts {
		k.port = int32(uint16(to))
	}
	if r.key.meta&metaProto != 0 {
		k.proto = int16(r.key.meta >> metaProtoAt & 255)
	}
	t.addSums(&k, b)
	b.packets, b.bytes, b.flows = 0, 0, 0
}

// sumOther counts a packet that belongs to no flow.
func (t *Tracker) sumOther(p *schema.Packet) {
	t.addSums(&sumKey{port: -1, proto: -1}, &bin{first: p.TS, last: p.TS, bytes: p.WireLen, packets: 1})
}

func (t *Tracker) addSums(k *sumKey, b *bin) {
	for i := range t.sums {
		s := &t.sums[i]
		k.span = floor(b.first, s.span)
		at, known := s.index[*k]
		if !known {
			at = int32(len(s.rows))
			s.index[*k] = at
			s.rows = append(s.rows, t.sumRow(k, b))
		}
		row := &s.rows[at]
		row.FirstTS, row.LastTS = min(row.FirstTS, b.first), max(row.LastTS, b.last)
		row.Packets += int64(b.packets)
		row.Bytes += b.bytes
		row.Flows += int64(b.flows)
	}
}

func (t *Tracker) sumRow(k *sumKey, b *bin) schema.Rollup {
	return schema.Rollup{
		CaptureID: t.CaptureID, Sensor: t.Sensor, TS: k.span, FirstTS: b.first, LastTS: b.last,
		SrcIP: addrOf(k.src, int32(k.version)), DstIP: addrOf(k.dst, int32(k.version)), HasPort: k.port >= 0, DstPort: max(k.port, 0),
		HasIPProto: k.proto >= 0, IPProto: int32(max(k.proto, 0)), Service: t.names[k.service],
	}
}

// Sums returns sums per minute and per hour that no call returned yet: where they are many, or the hour is another than at the last call, or last says
// that no packet comes any more; otherwise none. They are the caller's. What open flows have of the minute at hand is not among them.
func (t *Tracker) Sums(last bool) (minutes, hours []schema.Rollup) {
	now := floor(t.last, hour)
	if t.hour == schema.NoTime {
		t.hour = now
	}
	if !last && now == t.hour && len(t.sums[0].rows) < maxSums {
		return nil, nil
	}
	t.hour = now
	return t.sums[0].give(), t.sums[1].give()
}
