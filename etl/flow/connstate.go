package flow

import "github.com/pcaplake/pcaplake/schema"

// An endpoint is what one side of a TCP connection came to.
type endpoint uint8

const (
	inactive    endpoint = iota // sent nothing
	partial                     // sent something, its SYN was not seen
	synAckSent                  // sent a SYN with ACK to a SYN that was not seen
	synSent                     // sent a SYN that was not answered by one
	established                 // SYNs of both sides were seen, one of them with ACK
	closed                      // sent a FIN
	reset                       // sent an RST
)

// endpointOf tells by counts alone, not by their order, so that it holds for flows that were merged.
func endpointOf(s, other *schema.FlowSide) endpoint {
	switch {
	case s.RSTs > 0:
		return reset
	case s.FINs > 0:
		return closed
	case s.SYNs+s.SYNACKs > 0 && other.SYNs+other.SYNACKs > 0 && s.SYNACKs+other.SYNACKs > 0:
		return established
	case s.SYNs > 0:
		return synSent
	case s.SYNACKs > 0:
		return synAckSent
	case s.Packets > 0:
		return partial
	}
	return inactive
}

// ConnState returns conn_state as Zeek's documentation of conn.log defines it, from what a row of flows counts.
func ConnState(f *schema.Flow) string {
	orig, resp := &f.Fwd, &f.Rev
	switch {
	case f.HasPorts && f.IPProto == protoUDP:
		return datagramState(orig.Packets > 0, resp.Packets > 0)
	case !orig.TCP && !resp.TCP:
		return "OTH"
	}
	return tcpState(endpointOf(orig, resp), endpointOf(resp, orig), orig.SYNs > 0, resp.SYNs+resp.SYNACKs > 0, orig.PayloadBytes+resp.PayloadBytes == 0)
}

func datagramState(orig, resp bool) string {
	switch {
	case orig && resp:
		return "SF"
	case orig:
		return "S0"
	}
	return "SHR"
}

// tcpState is told by what both sides came to, whether SYNs were seen, and whether no data was.
func tcpState(orig, resp endpoint, origSYN, respSYN, empty bool) string {
	switch {
	case resp == reset:
		switch {
		case origSYN && !respSYN && (orig <= synSent || orig == reset && empty):
			return "REJ"
		case orig <= partial:
			return "RSTRH"
		}
		return "RSTR"
	case orig == reset:
		if resp <= partial {
			return "RSTOS0"
		}
		return "RSTO"
	case orig == closed && resp == closed:
		return "SF"
	case orig == closed:
		if resp <= partial {
			return "SH"
		}
		return "S2"
	case resp == closed:
		if orig <= partial {
			return "SHR"
		}
		return "S3"
	case orig == synSent && resp == inactive:
		return "S0"
	case orig == established && resp == established:
		return "S1"
	}
	return "OTH"
}
