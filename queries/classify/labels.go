package classify

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// What becomes of flows without a label.
const (
	Ignore = "ignore" // they are left out
	Normal = "normal" // they count as normal
)

// slack is by how many microseconds a packet may lie outside a label's times: clocks and rounding.
const slack = int64(250 * time.Millisecond / time.Microsecond)

// Label says what the packets of some addresses are in some time.
type Label struct {
	Start, End            int64 // microseconds since 1970-01-01 UTC
	Src, Dst              netip.Prefix
	Proto                 int32 // IANA's number; anyProto, arpProto
	Port                  int32 // anyPort: any
	Class, Subclass, Tool string
	Forward               bool // packets from Src to Dst alone, not those back
	line                  int
}

const (
	anyProto = -1
	arpProto = -2
	anyPort  = -1
)

// labelColumns are the columns of a file of labels, of which the first seven must be there.
var labelColumns = []string{"start", "end", "src", "dst", "proto", "dport", "class", "subclass", "tool", "direction"}

// ReadLabels reads labels from CSV with a header: times as seconds since 1970 or RFC 3339, addresses or CIDR prefixes, * or nothing for any.
func ReadLabels(r io.Reader) ([]Label, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord = -1
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	place := map[string]int{}
	for i, name := range head {
		place[strings.TrimSpace(name)] = i
	}
	for _, name := range labelColumns[:7] {
		if _, ok := place[name]; !ok {
			return nil, fmt.Errorf("read labels: there is no column %s", name)
		}
	}
	var out []Label
	for line := 2; ; line++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read labels: %w", err)
		}
		l, err := newLabel(func(name string) string {
			if i, ok := place[name]; ok && i < len(row) && row[i] != "*" {
				return strings.TrimSpace(row[i])
			}
			return ""
		})
		if err != nil {
			return nil, fmt.Errorf("read labels: line %d: %w", line, err)
		}
		l.line = line
		out = append(out, l)
	}
}

var protos = map[string]int32{"": anyProto, "arp": arpProto, "icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58, "sctp": 132}

func newLabel(get func(string) string) (l Label, err error) {
	number := func(text string) int32 {
		if text == "" {
			return anyPort
		}
		n, e := strconv.ParseUint(text, 10, 16)
		if e != nil {
			err = fmt.Errorf("%q is no number", text)
		}
		return int32(n)
	}
	l = Label{Port: number(get("dport")), Class: get("class"), Subclass: get("subclass"), Tool: get("tool"), Forward: get("direction") == "forward"}
	var known bool
	if l.Proto, known = protos[get("proto")]; !known {
		l.Proto = number(get("proto"))
	}
	if err != nil {
		return l, err
	}
	if !slices.Contains(queries.Classes, l.Class) {
		return l, fmt.Errorf("class %q: one of %s", l.Class, strings.Join(queries.Classes, ", "))
	}
	if d := get("direction"); d != "" && d != "forward" && d != "either" {
		return l, fmt.Errorf("direction %q: either or forward", d)
	}
	if l.Start, err = labelTime(get("start")); err != nil {
		return l, err
	}
	if l.End, err = labelTime(get("end")); err != nil {
		return l, err
	}
	if l.Src, err = labelPrefix(get("src")); err != nil {
		return l, err
	}
	l.Dst, err = labelPrefix(get("dst"))
	return l, err
}

func labelTime(text string) (int64, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(seconds) < 1e12 {
		return int64(math.Round(seconds * 1e6)), nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, fmt.Errorf("time %q: seconds since 1970 or RFC 3339", text)
	}
	return t.UnixMicro(), nil
}

// labelPrefix reads an address or a prefix; "" and 0.0.0.0/0 are any address of either family, the zero Prefix.
func labelPrefix(text string) (netip.Prefix, error) {
	if text == "" || text == "0.0.0.0/0" || text == "::/0" {
		return netip.Prefix{}, nil
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, fmt.Errorf("address %q: an address or a prefix", text)
	}
	return p.Masked(), nil
}

// within reports whether a is in p, which the zero Prefix always is; "" (several, or none) is in every p.
func within(a netip.Addr, p netip.Prefix) bool { return !p.IsValid() || !a.IsValid() || p.Contains(a) }

// Attack reports whether the label is of anything but normal traffic.
func (l *Label) Attack() bool { return l.Class != "normal" }

// flow is what a flow, or an ARP message, is judged by.
type flow struct {
	src, dst         netip.Addr
	srcPort, dstPort int32 // anyPort: none
	proto            int32 // arpProto of ARP
	first            int64
}

// matches reports whether the label speaks of the flow.
func (l *Label) matches(f *flow) bool {
	if f.first < l.Start-slack || f.first > l.End+slack || l.Proto != anyProto && l.Proto != f.proto && !(l.Proto == 1 && f.proto == 58) {
		return false
	}
	if inside(f.src, l.Src) && inside(f.dst, l.Dst) && (l.Port == anyPort || l.Port == f.dstPort) {
		return true
	}
	return !l.Forward && inside(f.dst, l.Src) && inside(f.src, l.Dst) && (l.Port == anyPort || l.Port == f.srcPort)
}

// inside is within of a known address.
func inside(a netip.Addr, p netip.Prefix) bool { return !p.IsValid() || p.Contains(a) }

// closer reports whether l says more of a flow than m: longer prefixes, then a port, then a shorter time.
func (l *Label) closer(m *Label) bool {
	if m == nil {
		return true
	}
	for _, d := range []int{l.Src.Bits() - m.Src.Bits(), l.Dst.Bits() - m.Dst.Bits()} {
		if d != 0 {
			return d > 0
		}
	}
	if (l.Port == anyPort) != (m.Port == anyPort) {
		return l.Port != anyPort
	}
	return l.End-l.Start < m.End-m.Start
}
