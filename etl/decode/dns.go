package decode

import "github.com/pcaplake/pcaplake/schema"

const (
	dnsHeader   = 12
	dnsQuestion = 5  // bytes of the shortest question: the root's
	dnsRecord   = 11 // bytes of the shortest record
)

// dnsByPort reads the payload of a UDP datagram as DNS when a port says so and its header can be one. Of a first fragment, l.n is what the
// whole datagram declares.
func (d *Decoder) dnsByPort(l layer) {
	p := d.row
	switch {
	case p.SrcPort == 53 || p.DstPort == 53:
		d.dns(l, protoDNS)
	case p.SrcPort == 5353 || p.DstPort == 5353:
		d.dns(l, protoMDNS)
	case p.SrcPort == 5355 || p.DstPort == 5355:
		d.dns(l, protoLLMNR)
	}
}

// plausible reports whether a message of n bytes can have this header: an assigned opcode, and no more records than it has room for. A
// port alone does not make a message; bytes at random pass one time in thousands.
func plausible(header []byte, n int64) bool {
	questions, records := int64(u16(header[4:])), int64(u16(header[6:]))+int64(u16(header[8:]))+int64(u16(header[10:]))
	switch header[2] >> 3 & 15 {
	case 0, 1, 2, 4, 5, 6: // query, inverse query, status, notify, update, stateful operations
		return dnsHeader+questions*dnsQuestion+records*dnsRecord <= n
	}
	return false
}

// dns decodes a DNS message (RFC 1035): header, first question, and where its last declared record ends.
func (d *Decoder) dns(l layer, name proto) {
	if l.n <= 0 || len(l.b) >= dnsHeader && !plausible(l.b, l.n) {
		return
	}
	d.push(name)
	if !d.has(l, dnsHeader, schema.MalformedDNSShort) {
		return
	}
	p, b := d.row, l.b
	flags := u16(b[2:])
	d.rows.DNSs = append(d.rows.DNSs, schema.DNS{
		CaptureID: p.CaptureID, Sensor: p.Sensor, FrameNo: p.FrameNo, TS: p.TS, TSExtraNS: p.TSExtraNS,
		SrcIP: p.SrcIP, DstIP: p.DstIP, SrcPort: p.SrcPort, DstPort: p.DstPort, Transport: "udp",
		ID: int32(u16(b)), Response: flags&0x8000 != 0, Opcode: int32(flags >> 11 & 15), Authoritative: flags&0x400 != 0,
		Truncated: flags&0x200 != 0, RecursionDesired: flags&0x100 != 0, RecursionAvail: flags&0x80 != 0, Rcode: int32(flags & 15),
		QuestionCount: int32(u16(b[4:])), AnswerCount: int32(u16(b[6:])), AuthorityCount: int32(u16(b[8:])), AdditionalCount: int32(u16(b[10:])),
		MessageLen: l.n,
	})
	m := &d.rows.DNSs[len(d.rows.DNSs)-1]
	end, reason := d.dnsRecords(m, l)
	if name == protoMDNS {
		m.QClass &= 0x7fff // above stands the wish for a unicast response (RFC 6762 5.4)
	}
	switch {
	case reason != "":
		m.Malformed = reason
		d.malformed(reason)
	case end > 0:
		m.HasTrailing, m.TrailingBytes = true, l.n-int64(end)
	}
}

// dnsRecords takes the first question and walks to the end of the last declared record. It returns 0 when that was not captured, and a
// reason when the message cannot be read.
func (d *Decoder) dnsRecords(m *schema.DNS, l layer) (end int, reason string) {
	w := walker{b: l.b, n: l.n, at: dnsHeader}
	for i := range m.QuestionCount {
		start := w.at
		if !w.name() || !w.skip(4) {
			return 0, w.reason
		}
		if i == 0 && !d.dnsFirst(m, l.b, start, w.at) {
			return 0, schema.MalformedDNSName
		}
	}
	records := m.AnswerCount + m.AuthorityCount + m.AdditionalCount
	for range records {
		if !w.name() || !w.skip(10) || !w.skip(int(u16(w.b[w.at-2:]))) {
			return 0, w.reason
		}
	}
	return w.at, ""
}

// dnsFirst takes the question between start and end. It reports false for a name that cannot be read.
func (d *Decoder) dnsFirst(m *schema.DNS, b []byte, start, end int) bool {
	at := len(d.rows.arena)
	text, ok := appendName(d.rows.arena, b, start)
	if ok {
		d.rows.arena = text
		m.HasQuestion, m.QName = true, text[at:len(text):len(text)]
		m.QType, m.QClass = int32(u16(b[end-4:])), int32(u16(b[end-2:]))
	}
	return ok
}

// walker moves over the records of a message of n bytes, of which b were captured.
type walker struct {
	b      []byte
	n      int64
	at     int
	reason string // why it stopped; "" where the capture did
}

// skip moves on by n bytes and reports whether they were captured.
func (w *walker) skip(n int) bool {
	w.at += n
	if int64(w.at) > w.n {
		w.reason = schema.MalformedDNSRecord
	}
	return w.reason == "" && w.at <= len(w.b)
}

// name moves over a name, which ends with the root or with a pointer to where it goes on.
func (w *walker) name() bool {
	for begin := w.at; ; {
		if !w.skip(1) {
			return false
		}
		switch c := w.b[w.at-1]; {
		case c == 0:
			return true
		case c >= 0xc0:
			return w.skip(1)
		case c >= 0x40 || w.at-begin > maxName:
			w.reason = schema.MalformedDNSName
			return false
		case !w.skip(int(c)):
			return false
		}
	}
}
