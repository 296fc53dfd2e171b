package schema

// flowSide declares the columns of one direction: what from, src_ip or dst_ip, sent.
func flowSide(prefix, from string, of func(*Flow) *FlowSide) []field[Flow] {
	d := sideColumns{prefix + "_", of}
	by := "packets that " + from + " sent"
	return []field[Flow]{
		d.count("packets", func(s *FlowSide) int64 { return s.Packets }, by+", copies (dup_packets) included", sided(prefix, zeek, "orig_pkts", "resp_pkts"), sided(prefix, ecs, "source.packets", "destination.packets")),
		d.count("wire_bytes", func(s *FlowSide) int64 { return s.WireBytes }, "sum of wire_len", unit("B"), sided(prefix, ecs, "source.bytes", "destination.bytes")),
		d.count("ip_bytes", func(s *FlowSide) int64 { return s.IPBytes }, "sum of ip_len", unit("B"), sided(prefix, zeek, "orig_ip_bytes", "resp_ip_bytes")),
		d.count("payload_packets", func(s *FlowSide) int64 { return s.PayloadPackets }, "packets with payload_len above 0"),
		d.count("payload_bytes", func(s *FlowSide) int64 { return s.PayloadBytes }, "sum of payload_len, retransmissions included", unit("B")),
		d.count("dup_packets", func(s *FlowSide) int64 { return s.DupPackets }, "packets with dup_of_frame: copies that the capture has twice. One whose first copy is in an earlier capture is not known"),
		d.count("fragments", func(s *FlowSide) int64 { return s.Fragments }, "packets that are fragments of a datagram, the first included"),
		d.count("bad_chksums", func(s *FlowSide) int64 { return s.BadChecksums }, "packets with ip_chksum_ok or l4_chksum_ok false"),
		d.some("len_min", func(s *FlowSide) int64 { return s.LenMin }, "least wire_len", unit("B")),
		d.some("len_max", func(s *FlowSide) int64 { return s.LenMax }, "greatest wire_len", unit("B")),
		d.real("len_mean", func(s *FlowSide) (float64, bool) { return mean(s.WireBytes, s.Packets) }, "mean of wire_len", unit("B")),
		d.real("len_std", func(s *FlowSide) (float64, bool) { return s.LenSquares.deviation(s.WireBytes, s.Packets) }, "standard deviation of wire_len, of the population", unit("B")),
		d.count("len_sq_hi", func(s *FlowSide) int64 { return s.LenSquares.Hi }, "sum of the squares of wire_len, its high word: the sum is len_sq_hi * 2^32 + len_sq_lo"),
		d.count("len_sq_lo", func(s *FlowSide) int64 { return s.LenSquares.Lo }, "low word of that sum, below 2^32"),
		d.some32("ttl_min", func(s *FlowSide) int32 { return s.TTLMin }, "least ip_ttl"),
		d.some32("ttl_max", func(s *FlowSide) int32 { return s.TTLMax }, "greatest ip_ttl"),
		d.time("first_ts", func(s *FlowSide) int64 { return s.FirstTS }, "time of the first packet in the order of the capture"),
		d.time("last_ts", func(s *FlowSide) int64 { return s.LastTS }, "time of the last packet in the order of the capture"),
		d.count("iat_count", func(s *FlowSide) int64 { return s.IATCount }, "inter-arrival times: from each packet of this direction to the next, by ts; packets without a time have none. Their sum is last_ts - first_ts of this direction"),
		d.iat("iat_min", func(s *FlowSide) int64 { return s.IATMin }, "least of them; negative where the clock went back"),
		d.iat("iat_max", func(s *FlowSide) int64 { return s.IATMax }, "greatest of them"),
		d.real("iat_mean", func(s *FlowSide) (float64, bool) { return mean(s.LastTS-s.FirstTS, s.IATCount) }, "mean of them", unit("us")),
		d.real("iat_std", func(s *FlowSide) (float64, bool) { return s.IATSquares.deviation(s.LastTS-s.FirstTS, s.IATCount) }, "standard deviation of them, of the population", unit("us")),
		d.count("iat_sq_hi", func(s *FlowSide) int64 { return s.IATSquares.Hi }, "sum of their squares, its high word, as in len_sq_hi"),
		d.count("iat_sq_lo", func(s *FlowSide) int64 { return s.IATSquares.Lo }, "low word of that sum, below 2^32"),
	}
}

// tcpSide declares those that only TCP has.
func tcpSide(prefix string, of func(*Flow) *FlowSide) []field[Flow] {
	d := sideColumns{prefix + "_", of}
	return []field[Flow]{
		d.tcp32("tcp_flags", func(s *FlowSide) (int32, bool) { return s.TCPFlags, true }, "union of tcp_flags", sided(prefix, fix, "tcpControlBits", "reverseTcpControlBits")),
		d.tcp("syns", func(s *FlowSide) (int64, bool) { return s.SYNs, true }, "packets with SYN and without ACK"),
		d.tcp("synacks", func(s *FlowSide) (int64, bool) { return s.SYNACKs, true }, "packets with SYN and ACK"),
		d.tcp("fins", func(s *FlowSide) (int64, bool) { return s.FINs, true }, "packets with FIN"),
		d.tcp("rsts", func(s *FlowSide) (int64, bool) { return s.RSTs, true }, "packets with RST"),
		d.tcp32("first_window", func(s *FlowSide) (int32, bool) { return s.FirstWindow, s.Packets > 0 }, "tcp_window of the first packet, not scaled", unit("B")),
		d.tcp("isn", func(s *FlowSide) (int64, bool) { return s.ISN, s.HasISN }, "initial sequence number: of its SYN"),
		d.tcp("first_seq", func(s *FlowSide) (int64, bool) { return s.FirstSeq, s.HasSeq }, "sequence number of the first byte of payload seen (32 bits; it counts on across 2^32)"),
		d.tcp("next_seq", func(s *FlowSide) (int64, bool) { return s.NextSeq, s.HasSeq }, "sequence number after the last byte of payload seen"),
		d.tcp("fin_seq", func(s *FlowSide) (int64, bool) { return s.FINSeq, s.HasFIN }, "sequence number of its FIN: one after its last byte"),
		d.tcp("first_ack", func(s *FlowSide) (int64, bool) { return s.FirstAck, s.HasAck }, "least acknowledgement number that it sent, of packets with ACK"),
		d.tcp("max_ack", func(s *FlowSide) (int64, bool) { return s.MaxAck, s.HasAck }, "greatest acknowledgement number that it sent, by serial number arithmetic (RFC 1982)"),
		d.tcp("stream_bytes", func(s *FlowSide) (int64, bool) { return s.StreamBytes, true }, "span of its sequence numbers: from the one after its SYN, or else the first byte seen, to the last byte seen, holes included", unit("B"), sided(prefix, zeek, "orig_bytes", "resp_bytes")),
		d.tcp("segment_bytes", func(s *FlowSide) (int64, bool) { return s.SegmentBytes, true }, "payload bytes of segments, copies (dup_packets) and fragments left out", unit("B")),
		d.tcp("unique_bytes", func(s *FlowSide) (int64, bool) { return s.UniqueBytes, true }, "payload bytes seen, each sequence number once", unit("B")),
		d.tcp("missed_bytes", func(s *FlowSide) (int64, bool) { return s.MissedBytes, true }, "bytes of this direction that the other acknowledged and that were never seen", unit("B"), zeek("missed_bytes")),
		d.tcp("retransmitted_bytes", func(s *FlowSide) (int64, bool) { return s.SegmentBytes - s.UniqueBytes, true }, "segment_bytes - unique_bytes", unit("B")),
		d.tcp("retransmitted_packets", func(s *FlowSide) (int64, bool) { return s.RetransmittedPackets, true }, "segments with a byte that was seen before in the row; does not merge: what repeats bytes of an earlier piece is not known"),
		d.tcp("out_of_order", func(s *FlowSide) (int64, bool) { return s.OutOfOrder, true }, "segments of new bytes alone that begin before the last byte seen; does not merge, likewise"),
		str(d.prefix+"islands", func(f *Flow) string { return of(f).Islands }, "where there are holes, the spans of bytes seen: from-to,from-to … relative to first_seq, to not included, at most 32; earlier holes beyond that count as missed for good. NULL: one span, first_seq to next_seq"),
	}
}

// sideColumns declares columns of one direction.
type sideColumns struct {
	prefix string
	of     func(*Flow) *FlowSide
}

// sided is the note that fits the direction.
func sided(prefix string, n func(string) note, fwd, rev string) note {
	if prefix == "fwd" {
		return n(fwd)
	}
	return n(rev)
}

func (d sideColumns) long(name string, get func(*FlowSide) (int64, bool), doc string, notes []note) field[Flow] {
	of := d.of
	return i64(d.prefix+name, func(f *Flow) (int64, bool) { return get(of(f)) }, doc, notes...)
}

// count is a number that is 0 rather than NULL.
func (d sideColumns) count(name string, get func(*FlowSide) int64, doc string, notes ...note) field[Flow] {
	return d.long(name, func(s *FlowSide) (int64, bool) { return get(s), true }, doc, notes)
}

// some is a number that needs a packet.
func (d sideColumns) some(name string, get func(*FlowSide) int64, doc string, notes ...note) field[Flow] {
	return d.long(name, func(s *FlowSide) (int64, bool) { return get(s), s.Packets > 0 }, doc, notes)
}

// some32 is some for 32 bits.
func (d sideColumns) some32(name string, get func(*FlowSide) int32, doc string, notes ...note) field[Flow] {
	of := d.of
	return i32(d.prefix+name, func(f *Flow) (int32, bool) { s := of(f); return get(s), s.Packets > 0 }, doc, notes...)
}

// iat is a number of microseconds that needs two packets with a time.
func (d sideColumns) iat(name string, get func(*FlowSide) int64, doc string) field[Flow] {
	return d.long(name, func(s *FlowSide) (int64, bool) { return get(s), s.IATCount > 0 }, doc, []note{unit("us")})
}

func (d sideColumns) time(name string, get func(*FlowSide) int64, doc string) field[Flow] {
	of := d.of
	return ts(d.prefix+name, func(f *Flow) int64 { return get(of(f)) }, doc, delta)
}

func (d sideColumns) real(name string, get func(*FlowSide) (float64, bool), doc string, notes ...note) field[Flow] {
	of := d.of
	return f64(d.prefix+name, func(f *Flow) (float64, bool) { return get(of(f)) }, doc, notes...)
}

// tcp is a number of TCP.
func (d sideColumns) tcp(name string, get func(*FlowSide) (int64, bool), doc string, notes ...note) field[Flow] {
	return d.long(name, func(s *FlowSide) (int64, bool) {
		n, ok := get(s)
		return n, ok && s.TCP
	}, doc, notes)
}

// tcp32 is tcp for 32 bits.
func (d sideColumns) tcp32(name string, get func(*FlowSide) (int32, bool), doc string, notes ...note) field[Flow] {
	of := d.of
	return i32(d.prefix+name, func(f *Flow) (int32, bool) {
		s := of(f)
		n, ok := get(s)
		return n, ok && s.TCP
	}, doc, notes...)
}
