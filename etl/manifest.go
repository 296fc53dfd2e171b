package etl

import (
	"slices"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// manifest says what the lake gets by a capture: nothing in it depends on clock, host or the order of work.
func (l *load) manifest(info capture.Info, t *tally, files []lake.File) *lake.Manifest {
	m := &lake.Manifest{
		CaptureID: l.id, Source: l.o.identity(l.source.name), Sensor: l.o.Sensor, Format: info.Format, Compression: info.Compression,
		StoredBytes: l.source.size, Bytes: info.Bytes, ContentHash: info.ContentHash, HeadHash: info.HeadHash,
		PrefixEnd: info.PrefixEnd, PrefixHash: info.PrefixHash,
		Interfaces: []lake.Interface{}, LinkTypes: []int32{},
		Options: l.o.fingerprinted(), OptionsID: l.optionsID, ToolVersion: l.o.ToolVersion, SchemaVersion: schema.Version,
		Frames: info.Frames, Rows: t.rows, Rejected: notNil(info.Rejected), Malformed: notNil(t.malformed),
		Snapped: t.snapped, OutOfOrder: t.outOfOrder, Duplicates: t.duplicates,
		FragmentsEvicted: t.evicted, FragmentsUnresolved: t.unresolved,
		FlowsEvicted: t.flows.evicted, StreamsEvicted: t.streams, StreamSeen: t.flows.seen, StreamMissed: t.flows.missed, FlowsTCP: t.flows.tcp, FlowsOneWay: t.flows.oneWay,
		CutNS: info.CutNS, Comments: info.Comments, Dropped: info.Dropped,
		Truncated: info.Truncated, Damage: slices.Concat([]string{}, info.Damage), Adds: files,
	}
	for _, i := range info.Interfaces {
		m.Interfaces = append(m.Interfaces, lake.Interface(i))
		m.LinkTypes = append(m.LinkTypes, i.LinkType)
	}
	slices.Sort(m.LinkTypes)
	m.LinkTypes = slices.Compact(m.LinkTypes)
	if t.timed {
		m.FirstTS, m.LastTS = &t.first, &t.last
	}
	return m
}

func notNil(counts map[string]int64) map[string]int64 {
	if counts == nil {
		return map[string]int64{}
	}
	return counts
}

// count adds a committed capture to the summary.
func (r *run) count(m *lake.Manifest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sum.Committed++
	r.sum.Packets += m.Rows
	r.sum.Bytes += m.Bytes
	r.sum.Snapped += m.Snapped
	r.sum.OutOfOrder += m.OutOfOrder
	if damaged(m) {
		r.sum.Truncated++
	}
	for _, f := range m.Adds {
		r.sum.Rows[f.Table] += f.Rows
	}
	addAll(r.sum.Rejected, m.Rejected)
	addAll(r.sum.Malformed, m.Malformed)
}

func damaged(m *lake.Manifest) bool { return m.Truncated || len(m.Damage) > 0 }

// tell logs a committed capture, and what the operator should know of it.
func (r *run) tell(m *lake.Manifest) {
	r.o.Committed(m)
	r.o.Log.Info("committed", "source", m.Source, "capture_id", m.CaptureID, "frames", m.Frames, "rows", m.Rows, "bytes", m.Bytes)
	if damaged(m) {
		text := "it ends early"
		if len(m.Damage) > 0 {
			text = m.Damage[0]
		}
		r.o.Log.Warn("capture is damaged, every whole frame is in the lake", "source", m.Source, "damage", text, "rejected", m.Frames-m.Rows)
	}
}
