package etl

import "github.com/pcaplake/pcaplake/schema"

// A tally counts over the rows of one capture what its manifest says of them.
type tally struct {
	rows       int64 // of packets
	malformed  map[string]int64
	snapped    int64 // frames captured in part
	duplicates int64 // frames with dup_of_frame
	evicted    int64 // datagrams in fragments that were given up for room
	unresolved int64 // later fragments without the ports of their first
	streams    int64 // conversations that were given up for room
	flows      flowTally
	outOfOrder int64 // frames stamped earlier than the one before
	timed      bool  // first and last hold
	first      int64 // earliest ts, microseconds since 1970-01-01 UTC
	last       int64 // latest ts
	prevTS     int64
	prevExtra  int32
}

// add counts packets in the order of the capture.
func (t *tally) add(packets []schema.Packet) {
	t.rows += int64(len(packets))
	for i := range packets {
		p := &packets[i]
		if p.Malformed != "" {
			if t.malformed == nil {
				t.malformed = map[string]int64{}
			}
			t.malformed[p.Malformed]++
		}
		if p.CapLen < p.WireLen {
			t.snapped++
		}
		if p.Has&schema.HasDup != 0 {
			t.duplicates++
		}
		if p.TS != schema.NoTime {
			t.stamp(p.TS, p.TSExtraNS)
		}
	}
}

func (t *tally) stamp(ts int64, extra int32) {
	if !t.timed {
		t.timed, t.first, t.last = true, ts, ts
	} else if ts < t.prevTS || ts == t.prevTS && extra < t.prevExtra {
		t.outOfOrder++
	}
	t.first, t.last = min(t.first, ts), max(t.last, ts)
	t.prevTS, t.prevExtra = ts, extra
}

// A flowTally counts over the rows of flows of one capture.
type flowTally struct {
	evicted int64 // flows that were given up for room
	seen    int64 // bytes of TCP streams, each once
	missed  int64 // those that were acknowledged and never seen
	tcp     int64 // flows of TCP in which something is acknowledged
	oneWay  int64 // of these, those in which more than half of what one side acknowledged was never seen
}

func (t *flowTally) add(flows []schema.Flow) {
	for i := range flows {
		f := &flows[i]
		if f.Evicted {
			t.evicted++
		}
		t.seen += f.Fwd.UniqueBytes + f.Rev.UniqueBytes
		t.missed += f.Fwd.MissedBytes + f.Rev.MissedBytes
		if !f.Fwd.HasAck && !f.Rev.HasAck {
			continue
		}
		t.tcp++
		if f.Fwd.MissedBytes > f.Fwd.UniqueBytes || f.Rev.MissedBytes > f.Rev.UniqueBytes {
			t.oneWay++
		}
	}
}
