package etl

import (
	"os"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// flowsOf brings a capture through decoder and resolver, in memory, and returns its packets and flows. Captures that are none have neither.
func flowsOf(t *testing.T, path string) (packets []schema.Packet, flows []schema.Flow) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	reader, err := capture.NewReader(f)
	if err != nil {
		return nil, nil
	}
	defer reader.Close()
	decoder := decode.New(decode.Options{})
	r := &resolver{pipeline: newPipeline(1)}
	r.fragments.Datagram = func(*schema.Packet, []byte) bool { return false }
	r.flows.Reset()
	for more := true; more; {
		c := newChunk()
		for len(c.Packets) < chunkFrames {
			if more = reader.Scan(); !more {
				break
			}
			decoder.Decode(reader.Frame(), &c.Rows)
		}
		if len(c.Packets) > 0 {
			r.resolve(c)
			packets = append(packets, c.Packets...)
			flows = append(flows, c.flows...)
		}
	}
	for r.flows.Close() {
		flows = append(flows, r.flows.Ended(nil)...)
	}
	return packets, flows
}

// counted is what a direction of a flow adds up to.
type counted struct{ packets, wire, ip, payload, dups int64 }

func (c *counted) add(p *schema.Packet) {
	c.packets++
	c.wire += p.WireLen
	c.ip += p.IPLen
	c.payload += p.PayloadLen
	if p.Has&schema.HasDup != 0 {
		c.dups++
	}
}

// TestFlowsAddUp: every packet of the collection that has an IP header is in exactly one flow, in its direction there, and nothing else is.
func TestFlowsAddUp(t *testing.T) {
	var captures, all, rows int
	for _, c := range shared.Captures(t) {
		if !inReach(c.Format) {
			continue
		}
		packets, flows := flowsOf(t, c.Path)
		sums := map[int64]*[2]counted{}
		byID := map[int64]*schema.Flow{}
		for i := range flows {
			f := &flows[i]
			if byID[f.FlowID] != nil {
				t.Fatalf("%s: two flows %d", c.Rel, f.FlowID)
			}
			byID[f.FlowID], sums[f.FlowID] = f, new([2]counted)
		}
		for i := range packets {
			p := &packets[i]
			if p.Has&schema.HasIP == 0 {
				if p.Has&schema.HasFlowID != 0 {
					t.Errorf("%s frame %d: no IP, flow %d", c.Rel, p.FrameNo, p.FlowID)
				}
				continue
			}
			f := byID[p.FlowID]
			if f == nil || p.Has&schema.HasFlowID == 0 {
				t.Fatalf("%s frame %d is of flow %d, which is none", c.Rel, p.FrameNo, p.FlowID)
			}
			all++
			sums[p.FlowID][direction(f, p)].add(p)
		}
		for id, got := range sums {
			f := byID[id]
			for side, s := range []*schema.FlowSide{&f.Fwd, &f.Rev} {
				if want := (counted{s.Packets, s.WireBytes, s.IPBytes, s.PayloadBytes, s.DupPackets}); got[side] != want {
					t.Errorf("%s flow %d side %d: its packets add up to %+v, the row says %+v", c.Rel, id, side, got[side], want)
				}
			}
			if !sane(f) {
				t.Errorf("%s flow %d: %+v", c.Rel, id, f)
			}
		}
		captures, rows = captures+1, rows+len(flows)
	}
	shared.Report(t, "%d packets with IP of %d captures are in %d flows, each in one", all, captures, rows)
}

// direction is the side of a flow that a packet is of.
func direction(f *schema.Flow, p *schema.Packet) int {
	if p.SrcIP == f.SrcIP && (!f.HasPorts || p.SrcPort == f.SrcPort || f.SrcIP != f.DstIP) {
		return 0
	}
	return 1
}

// sane holds a row to what is so by definition.
func sane(f *schema.Flow) bool {
	for _, s := range []*schema.FlowSide{&f.Fwd, &f.Rev} {
		if s.UniqueBytes < 0 || s.UniqueBytes > s.SegmentBytes || s.SegmentBytes > s.PayloadBytes || s.MissedBytes < 0 || s.StreamBytes < 0 ||
			s.UniqueBytes > s.StreamBytes || s.IATCount >= max(1, s.Packets) || s.LenMin > s.LenMax || s.IATMin > s.IATMax {
			return false
		}
	}
	return f.FirstTS <= f.LastTS && f.FlowID > 0 && (f.ConnState == "OTH" || f.HasPorts) && flow.ConnState(f) == f.ConnState
}
