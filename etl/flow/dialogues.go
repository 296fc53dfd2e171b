package flow

import (
	"hash/maphash"
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	// maxDialogues bounds the queries of DNS that are remembered: those that came last.
	maxDialogues = 1 << 15
	// repeatTime is how long a query that is not answered may be asked again as the same one, in microseconds of capture time: what a stub
	// resolver spends on it by default (resolv.conf: two attempts of five seconds with each of three servers).
	repeatTime = 30_000_000
)

// Dialogues pairs the responses of DNS with their queries: the same two addresses and ports, transport, identifier and question, where the
// response has one. To a query to a multicast address (mDNS, LLMNR) anybody may respond. Of a query that is asked again before it is
// answered the first one counts, so latency is what the client waited; a second response to a query names it too. The zero value is
// ready. It is not for concurrent use.
type Dialogues struct {
	seed  maphash.Seed
	open  map[dialogue]asked
	order []dialogue // as they came, from oldest on; full at maxDialogues
	first int        // the oldest, when order is full
	name  []byte
}

// A dialogue tells queries apart.
type dialogue struct {
	client, server netip.AddrPort // no address: any server, of this port
	id             int32
	tcp            bool
}

// asked is a query.
type asked struct {
	frame    int64
	ts       int64
	extra    int32
	question uint64 // hash
	answered bool
}

// Pair sets query_frame_no and latency of the responses among rows, which come in the order of the capture.
func (d *Dialogues) Pair(rows []schema.DNS) {
	if d.open == nil {
		d.open, d.seed = make(map[dialogue]asked), maphash.MakeSeed()
	}
	for i := range rows {
		if m := &rows[i]; m.Response {
			d.respond(m)
		} else {
			d.ask(m)
		}
	}
}

func (d *Dialogues) ask(m *schema.DNS) {
	k := dialogue{addrPort(m.SrcIP, m.SrcPort), addrPort(m.DstIP, m.DstPort), m.ID, m.Transport == "tcp"}
	if m.DstIP.IsMulticast() {
		k.server = addrPort(netip.Addr{}, m.DstPort)
	}
	q := asked{m.FrameNo, m.TS, m.TSExtraNS, d.question(m), false}
	before, ok := d.open[k]
	switch {
	case ok && before.question == q.question && !before.answered && !longAfter(before.ts, q.ts):
	case ok:
		d.open[k] = q
	default:
		d.remember(k, q)
	}
}

// longAfter reports whether a query at ts is another one than the same at before. Queries without a time are never late.
func longAfter(before, ts int64) bool {
	return before != schema.NoTime && ts != schema.NoTime && ts > before && uint64(ts)-uint64(before) > repeatTime
}

// remember adds a query, if need be in the place of the oldest.
func (d *Dialogues) remember(k dialogue, q asked) {
	if len(d.order) < maxDialogues {
		d.order = append(d.order, k)
	} else {
		delete(d.open, d.order[d.first])
		d.order[d.first] = k
		d.first = (d.first + 1) % maxDialogues
	}
	d.open[k] = q
}

func (d *Dialogues) respond(m *schema.DNS) {
	k := dialogue{addrPort(m.DstIP, m.DstPort), addrPort(m.SrcIP, m.SrcPort), m.ID, m.Transport == "tcp"}
	q, ok := d.open[k]
	if !ok {
		k.server = addrPort(netip.Addr{}, m.SrcPort)
		q, ok = d.open[k]
	}
	if !ok || m.HasQuestion && q.question != d.question(m) {
		return
	}
	m.QueryFrameNo = q.frame
	if m.TS != schema.NoTime && q.ts != schema.NoTime {
		const most = 1 << 53 // microseconds, so that their nanoseconds have room
		if us := m.TS - q.ts; us >= 0 && us <= most {
			m.LatencyNS = us*1000 + int64(m.TSExtraNS) - int64(q.extra)
			m.HasLatency = m.LatencyNS >= 0
		}
	}
	q.answered = true
	d.open[k] = q
}

// question is a hash of the question; letters of either case are alike (RFC 4343).
func (d *Dialogues) question(m *schema.DNS) uint64 {
	d.name = append(d.name[:0], byte(m.QType>>8), byte(m.QType), byte(m.QClass>>8), byte(m.QClass))
	for _, c := range m.QName {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		d.name = append(d.name, c)
	}
	return maphash.Bytes(d.seed, d.name)
}

func addrPort(ip netip.Addr, port int32) netip.AddrPort { return netip.AddrPortFrom(ip, uint16(port)) }
