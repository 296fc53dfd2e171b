package etl

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
)

// evening is a minute before midnight UTC: captures that start then span two dates after 60 s.
var evening = time.Date(2026, 11, 22, 23, 59, 0, 0, time.UTC)

// A stamped frame is one record of a pcap file made by a test.
type stamped struct {
	at    time.Time
	frame []byte
}

// pcap returns a capture of Ethernet frames in the classic format, little-endian, microseconds.
func pcap(frames ...stamped) []byte {
	out := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	out = append(out, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	out = binary.LittleEndian.AppendUint32(out, 262144)
	out = binary.LittleEndian.AppendUint32(out, 1)
	for _, f := range frames {
		out = binary.LittleEndian.AppendUint32(out, uint32(f.at.Unix()))
		out = binary.LittleEndian.AppendUint32(out, uint32(f.at.Nanosecond()/1000))
		out = binary.LittleEndian.AppendUint32(out, uint32(len(f.frame)))
		out = binary.LittleEndian.AppendUint32(out, uint32(len(f.frame)))
		out = append(out, f.frame...)
	}
	return out
}

// udp returns an Ethernet frame with one IPv4 datagram (RFC 791, RFC 768); the UDP checksum is left out.
func udp(src, dst netip.AddrPort, payload []byte) []byte {
	out := append(bytes.Repeat([]byte{2}, 12), 0x08, 0x00)
	ip := []byte{0x45, 0, 0, 0, 0, 1, 0, 0, 64, 17, 0, 0}
	binary.BigEndian.PutUint16(ip[2:], uint16(28+len(payload)))
	ip = append(ip, src.Addr().AsSlice()...)
	ip = append(ip, dst.Addr().AsSlice()...)
	var sum uint32
	for i := 0; i < len(ip); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(ip[i:]))
	}
	binary.BigEndian.PutUint16(ip[10:], ^uint16(sum+sum>>16))
	out = append(out, ip...)
	out = binary.BigEndian.AppendUint16(out, src.Port())
	out = binary.BigEndian.AppendUint16(out, dst.Port())
	out = binary.BigEndian.AppendUint16(out, uint16(8+len(payload)))
	out = append(out, 0, 0)
	return append(out, payload...)
}

// question returns a DNS query (RFC 1035) for example.org, type A.
func question(id uint16) []byte {
	out := binary.BigEndian.AppendUint16(nil, id)
	out = append(out, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	out = append(out, "\x07example\x03org\x00"...)
	return append(out, 0, 1, 0, 1)
}

// whoHas returns an Ethernet frame with an ARP request (RFC 826).
func whoHas(sender, target netip.Addr) []byte {
	out := append(bytes.Repeat([]byte{0xff}, 6), bytes.Repeat([]byte{2}, 6)...)
	out = append(out, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1)
	out = append(out, bytes.Repeat([]byte{2}, 6)...)
	out = append(out, sender.AsSlice()...)
	out = append(out, 0, 0, 0, 0, 0, 0)
	return append(out, target.AsSlice()...)
}

var (
	host   = netip.MustParseAddrPort("10.0.0.1:40000")
	server = netip.MustParseAddrPort("192.0.2.53:53")
	web    = netip.MustParseAddrPort("192.0.2.80:8080")
)

// packetsOf returns n frames, one every gap: DNS questions, ARP requests and plain datagrams in turn. Seed makes contents differ.
func packetsOf(seed byte, start time.Time, gap time.Duration, n int) []stamped {
	out := make([]stamped, n)
	for i := range out {
		out[i].at = start.Add(time.Duration(i) * gap)
		switch i % 3 {
		case 0:
			out[i].frame = udp(host, server, question(uint16(i)))
		case 1:
			out[i].frame = whoHas(host.Addr(), server.Addr())
		default:
			out[i].frame = udp(host, web, bytes.Repeat([]byte{seed}, 10+i%50))
		}
	}
	return out
}

// gzipped packs b as gzip does.
func gzipped(tb testing.TB, b []byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// files writes files below a new folder and returns it. They are an hour old, as an archive's are.
func files(tb testing.TB, contents map[string][]byte) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, b := range contents {
		place(tb, filepath.Join(dir, name), b)
	}
	return dir
}

func place(tb testing.TB, path string, b []byte) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o640); err != nil {
		tb.Fatal(err)
	}
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, old, old); err != nil {
		tb.Fatal(err)
	}
}
