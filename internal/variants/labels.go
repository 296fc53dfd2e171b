package variants

import (
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/etl/capture"
)

// labels are those of a capture, row by row.
type labels struct {
	head   []string
	column map[string]int
	rows   []label
}

type label struct {
	cells      []string
	start, end int64
	src, dst   netip.Prefix // zero: any
	seen       bool
}

func readLabels(path string) (*labels, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open labels: %w", err)
	}
	defer in.Close()
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("read labels %s: %w", path, errors.Join(err, io.EOF))
	}
	l := &labels{head: rows[0], column: map[string]int{}}
	for i, name := range rows[0] {
		l.column[name] = i
	}
	for _, cells := range rows[1:] {
		l.rows = append(l.rows, label{cells: cells})
	}
	return l, nil
}

// rewrite makes the labels those of the variant.
func (l *labels) rewrite(v *Variant, first int64) error {
	for i := range l.rows {
		r := &l.rows[i]
		cell := func(name string) *string { return &r.cells[l.column[name]] }
		for name, to := range map[string]*int64{"start": &r.start, "end": &r.end} {
			seconds, err := strconv.ParseFloat(*cell(name), 64)
			if err != nil {
				return fmt.Errorf("time %q: %w", *cell(name), err)
			}
			*to = v.stretched(int64(seconds*1e6), first)
			*cell(name) = fmt.Sprintf("%d.%06d", *to/1e6, *to%1e6)
		}
		for name, to := range map[string]*netip.Prefix{"src": &r.src, "dst": &r.dst} {
			var err error
			if *cell(name), *to, err = v.prefix(*cell(name)); err != nil {
				return err
			}
		}
		if v.Name == "ipv6" && *cell("proto") == "icmp" {
			*cell("proto") = "icmpv6"
		}
	}
	return nil
}

// prefix is the variant's address or prefix for one of labels, as text and as a prefix; that for any stays, and is the zero Prefix.
func (v *Variant) prefix(text string) (string, netip.Prefix, error) {
	if text == "" || text == "*" || text == "0.0.0.0/0" {
		return text, netip.Prefix{}, nil
	}
	whole := text
	if !strings.Contains(text, "/") {
		whole += "/32"
	}
	p, err := netip.ParsePrefix(whole)
	if err != nil {
		return text, p, err
	}
	if v.Address == nil {
		return text, p, nil
	}
	to := v.Address(p.Addr())
	p = netip.PrefixFrom(to, p.Bits()+to.BitLen()-p.Addr().BitLen())
	if whole != text {
		return to.String(), p, nil
	}
	return p.String(), p, nil
}

// protos are the numbers of the protocols that labels name; -2 stands for ARP.
var protos = map[string]int{"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "arp": -2}

// mark notes of which labels a frame is.
func (l *labels) mark(f *capture.Frame) {
	src, dst, proto, ok := ends(f.Data)
	if !ok {
		return
	}
	for i := range l.rows {
		r := &l.rows[i]
		if named, is := protos[r.cells[l.column["proto"]]]; r.seen || is && named != proto || f.TS < r.start || f.TS > r.end {
			continue
		}
		in := func(a netip.Addr, p netip.Prefix) bool { return !p.IsValid() || p.Contains(a) }
		r.seen = in(src, r.src) && in(dst, r.dst) || in(dst, r.src) && in(src, r.dst)
	}
}

// ends are the addresses of an Ethernet frame and its protocol, as protos has them; ICMP errors have none.
func ends(frame []byte) (src, dst netip.Addr, proto int, ok bool) {
	if len(frame) >= 18 && frame[12] == 0x81 && frame[13] == 0 {
		frame = frame[4:]
	}
	if len(frame) < 34 {
		return src, dst, 0, false
	}
	switch p := frame[14:]; binary.BigEndian.Uint16(frame[12:]) {
	case 0x0806:
		if len(frame) < 42 {
			return src, dst, 0, false
		}
		return netip.AddrFrom4([4]byte(frame[28:32])), netip.AddrFrom4([4]byte(frame[38:42])), -2, true
	case 0x0800:
		at := 4 * int(p[0]&15)
		failed := p[9] == 1 && len(p) > at && (p[at] == 3 || p[at] == 11)
		return netip.AddrFrom4([4]byte(p[12:16])), netip.AddrFrom4([4]byte(p[16:20])), int(p[9]), !failed
	case 0x86dd:
		if len(p) < 41 || p[6] == 58 && p[40] < 128 {
			return src, dst, 0, false
		}
		return netip.AddrFrom16([16]byte(p[8:24])), netip.AddrFrom16([16]byte(p[24:40])), int(p[6]), true
	}
	return src, dst, 0, false
}

// write writes the labels that a frame was of.
func (l *labels) write(path string) error {
	rows := [][]string{l.head}
	for i := range l.rows {
		if l.rows[i].seen {
			rows = append(rows, l.rows[i].cells)
		}
	}
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		return fmt.Errorf("write labels: %w", err)
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}
