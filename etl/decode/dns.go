package decode

import (
	"strconv"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	dnsHeader   = 12
	dnsQuestion = 5  // bytes of the shortest question: the root's
	dnsRecord   = 11 // bytes of the shortest record
)

// Bounds on what is kept of one message.
const (
	maxAnswers  = 1024
	maxListText = 4096 // bytes of one list
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

// dns decodes a DNS message over UDP.
func (d *Decoder) dns(l layer, name proto) {
	if l.n <= 0 || len(l.b) >= dnsHeader && !plausible(l.b, l.n) {
		return
	}
	d.push(name)
	if d.has(l, dnsHeader, schema.MalformedDNSShort) {
		head := schema.MessageOf(d.row)
		if reason := d.messages.read(&head, l, "udp", name, d.rows); reason != "" {
			d.malformed(reason)
		}
	}
}

// A dnsReader reads DNS messages. What it holds is used again for the next one.
type dnsReader struct {
	answers                              []dnsAnswer
	item                                 []byte
	names, types, ttls, data, ips, codes []byte // lists
}

// dnsAnswer says where in a message an answer lies.
type dnsAnswer struct {
	name      int // offset
	typ       uint16
	class     uint16
	ttl       uint32
	data, end int // offsets
}

// read appends the row of a message (RFC 1035) whose header was captured, and returns why it cannot be read to the end, or "".
func (r *dnsReader) read(head *schema.Message, l layer, transport string, name proto, rows *Rows) (reason string) {
	b, flags := l.b, u16(l.b[2:])
	rows.DNSs = append(rows.DNSs, schema.DNS{
		Message: *head, Transport: transport,
		ID: int32(u16(b)), Response: flags&0x8000 != 0, Opcode: int32(flags >> 11 & 15), Authoritative: flags&0x400 != 0,
		Truncated: flags&0x200 != 0, RecursionDesired: flags&0x100 != 0, RecursionAvail: flags&0x80 != 0,
		Z: flags&0x40 != 0, Authentic: flags&0x20 != 0, CheckingDisabled: flags&0x10 != 0, Rcode: int32(flags & 15),
		QuestionCount: int32(u16(b[4:])), AnswerCount: int32(u16(b[6:])), AuthorityCount: int32(u16(b[8:])), AdditionalCount: int32(u16(b[10:])),
		MessageLen: l.n, Cut: !l.whole(),
	})
	m := &rows.DNSs[len(rows.DNSs)-1]
	classes := uint16(0xffff)
	if name == protoMDNS {
		classes = 0x7fff // above stands the wish for a unicast response, or that the cache is stale (RFC 6762 5.4, 10.2)
	}
	end, reason := r.walk(m, l, rows)
	m.QClass &= int32(classes)
	if !r.lists(m, b, classes, rows) && reason == "" && l.whole() {
		reason = schema.MalformedDNSData
	}
	switch {
	case reason != "":
		m.Malformed = reason
	case end > 0:
		m.HasTrailing, m.TrailingBytes = true, l.n-int64(end)
	}
	return reason
}

// walk takes the first question, where the answers lie, and EDNS, and walks to the end of the last declared record. It returns 0 when that
// was not captured, and a reason when the message cannot be read.
func (r *dnsReader) walk(m *schema.DNS, l layer, rows *Rows) (end int, reason string) {
	w := walker{b: l.b, n: l.n, at: dnsHeader}
	r.answers = r.answers[:0]
	for i := range m.QuestionCount {
		start := w.at
		if !w.name() || !w.skip(4) {
			return 0, w.reason
		}
		if i == 0 && !firstQuestion(m, l.b, start, w.at, rows) {
			return 0, schema.MalformedDNSName
		}
	}
	for i := range m.AnswerCount + m.AuthorityCount + m.AdditionalCount {
		a := dnsAnswer{name: w.at}
		if !w.name() || !w.skip(10) {
			return 0, w.reason
		}
		fixed := w.b[w.at-10:]
		a.typ, a.class, a.ttl, a.data = u16(fixed), u16(fixed[2:]), u32(fixed[4:]), w.at
		if !w.skip(int(u16(fixed[8:]))) {
			return 0, w.reason
		}
		a.end = w.at
		switch {
		case i < m.AnswerCount:
			r.answer(m, a)
		case i >= m.AnswerCount+m.AuthorityCount && a.typ == typeOPT && !m.HasEDNS:
			r.edns(m, a, l.b[a.data:a.end], rows)
		}
	}
	return w.at, ""
}

func (r *dnsReader) answer(m *schema.DNS, a dnsAnswer) {
	if ttl := int64(a.ttl); !m.HasTTL || ttl < m.MinTTL {
		m.HasTTL, m.MinTTL = true, ttl
	}
	if len(r.answers) == maxAnswers {
		m.Cut = true
		return
	}
	r.answers = append(r.answers, a)
}

// firstQuestion takes the question between start and end. It reports false for a name that cannot be read.
func firstQuestion(m *schema.DNS, b []byte, start, end int, rows *Rows) bool {
	at := len(rows.arena)
	text, ok := appendName(rows.arena, b, start)
	if ok {
		rows.arena = text
		m.HasQuestion, m.QName = true, text[at:len(text):len(text)]
		m.QType, m.QClass = int32(u16(b[end-4:])), int32(u16(b[end-2:]))
	}
	return ok
}

// lists makes the lists of the answers, up to the first one for which there is no room. It reports false when data are not what their type
// says, or a name cannot be read, which also ends the lists.
func (r *dnsReader) lists(m *schema.DNS, b []byte, classes uint16, rows *Rows) bool {
	r.names, r.types, r.ttls, r.data, r.ips = r.names[:0], r.types[:0], r.ttls[:0], r.data[:0], r.ips[:0]
	ok := true
	for _, a := range r.answers {
		names, data := len(r.names), len(r.data)
		if r.item, ok = appendName(r.item[:0], b, a.name); !ok {
			break
		}
		r.names = appendItem(r.names, r.item)
		item, good := appendData(r.item[:0], b, a, classes)
		r.item, ok = item, ok && good
		r.data = appendItem(r.data, r.item)
		if len(r.names) > maxListText || len(r.data) > maxListText {
			r.names, r.data, m.Cut = r.names[:names], r.data[:data], true
			break
		}
		r.types = strconv.AppendUint(separated(r.types), uint64(a.typ), 10)
		r.ttls = strconv.AppendUint(separated(r.ttls), uint64(a.ttl), 10)
		if (a.typ == typeA || a.typ == typeAAAA) && good && a.class&classes == classIN {
			r.ips = append(separated(r.ips), r.item...)
		}
		if !ok {
			break
		}
	}
	m.AnswerNames, m.AnswerTypes, m.AnswerTTLs = rows.keepText(r.names), rows.keepText(r.types), rows.keepText(r.ttls)
	m.Answers, m.AnswerIPs = rows.keepText(r.data), rows.keepText(r.ips)
	return ok
}
