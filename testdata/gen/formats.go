package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"hash/crc64"
	"slices"
	"time"

	"github.com/pierrec/lz4/v4"
)

// formats are tiny captures in forms that few programs write, for the tests of the readers. Each holds the echo requests of echo.
var formats = []capture{
	{"formats/modified-be.pcap", func() []byte { return modified(echo()) }},
	{"formats/ixia-le.pcap", func() []byte { return ixia(echo()) }},
	{"formats/nanoseconds-be.pcap", func() []byte { return nanoseconds(echo()) }},
	{"formats/sections.pcapng", func() []byte { return sections(echo()) }},
	{"formats/damaged.pcapng", func() []byte { return damaged(echo()) }},
	{"formats/echo.snoop", func() []byte { return snoop(echo()) }},
	{"formats/echo.erf", func() []byte { return erf(echo()) }},
	{"formats/members.pcap.gz", func() []byte { return halves(echo(), gzipped) }},
	{"formats/frames.pcap.zst", func() []byte { return append(skippable(), halves(echo(), zstded)...) }},
	{"formats/frames.pcap.lz4", func() []byte { return append(skippable(), halves(echo(), lz4ed)...) }},
	{"formats/streams.pcap.xz", func() []byte { return append(halves(echo(), xzed), 0, 0, 0, 0) }},
	{"formats/streams.pcap.bz2", bzip2ed},
	{"formats/captures.tar", func() []byte { return tarred(echo()) }},
	{"formats/captures.zip", func() []byte { return zipped(echo()) }},
}

// echo is a capture of six echo requests, half a second apart.
func echo() *trace {
	t := newTrace(2 * time.Hour)
	for n := range uint16(6) {
		t.add(500*time.Millisecond, ping(alice, server, n))
	}
	return t
}

// modified is a pcap file with the record headers of Kuznetsov's patched libpcap, big-endian.
func modified(t *trace) []byte {
	be := binary.BigEndian
	b := be.AppendUint16(be.AppendUint16(be.AppendUint32(nil, 0xa1b2cd34), 2), 4)
	b = be.AppendUint32(be.AppendUint32(be.AppendUint64(b, 0), 65535), linkEthernet)
	for i, p := range t.packets {
		b = be.AppendUint32(be.AppendUint32(b, uint32(p.at.Unix())), uint32(p.at.Nanosecond()/1000))
		b = be.AppendUint32(be.AppendUint32(b, uint32(len(p.data))), uint32(len(p.data)))
		b = be.AppendUint16(be.AppendUint32(b, 2), 0x0800)
		b = append(b, []byte{0, 4, 3}[i%3], 0) // to us, by us, to another host
		b = append(b, p.data...)
	}
	return b
}

// ixia is a pcap file as Ixia's lcap writes it: the length of all records stands behind the header.
func ixia(t *trace) []byte {
	b := t.pcap()
	binary.LittleEndian.PutUint32(b, 0x1c0001ac)
	return slices.Insert(b, 24, binary.LittleEndian.AppendUint32(nil, uint32(len(b)-24))...)
}

func nanoseconds(t *trace) []byte {
	be := binary.BigEndian
	b := be.AppendUint16(be.AppendUint16(be.AppendUint32(nil, 0xa1b23c4d), 2), 4)
	b = be.AppendUint32(be.AppendUint32(be.AppendUint64(b, 0), 0), linkEthernet) // snapshot length 0: no limit
	for i, p := range t.packets {
		b = be.AppendUint32(be.AppendUint32(b, uint32(p.at.Unix())), uint32(p.at.Nanosecond()+i))
		b = be.AppendUint32(be.AppendUint32(b, uint32(len(p.data))), uint32(len(p.data)))
		b = append(b, p.data...)
	}
	return b
}

// snoop is the capture as Solaris's snoop writes it (RFC 1761), records padded to four bytes, with drops before the last.
func snoop(t *trace) []byte {
	be := binary.BigEndian
	b := be.AppendUint32(be.AppendUint32([]byte("snoop\x00\x00\x00"), 2), 4)
	for i, p := range t.packets {
		size, drops := uint32(len(p.data)), uint32(0)
		if i == len(t.packets)-1 {
			drops = 7
		}
		padding := -size & 3
		b = be.AppendUint32(be.AppendUint32(be.AppendUint32(b, size), size), 24+size+padding)
		b = be.AppendUint32(be.AppendUint32(be.AppendUint32(b, drops), uint32(p.at.Unix())), uint32(p.at.Nanosecond()/1000))
		b = append(append(b, p.data...), make([]byte, padding)...)
	}
	return b
}

// erf is the capture in Endace's records: Ethernet from two ports, one record with extension headers, one of bare IPv4, a pad, and losses.
func erf(t *trace) []byte {
	var b []byte
	for i, p := range t.packets {
		const ethernet, ipv4, pad = 2, 22, 48
		body, typ, lost := append([]byte{0, 0}, p.data...), byte(ethernet), uint16(0)
		switch i {
		case 2:
			body, typ = append(append([]byte{0x83, 0, 0, 0, 0, 0, 0, 1}, 3, 0, 0, 0, 0, 0, 0, 2), body...), ethernet|0x80
		case 3:
			body, typ = p.data[14:], ipv4
		case 4:
			b = erfRecord(b, p.at, pad, 0, 0, make([]byte, 16), 0)
			lost = 5
		}
		wire := uint16(len(p.data))
		if typ == ipv4 {
			wire -= 14
		}
		b = erfRecord(b, p.at, typ, byte(i%2), lost, body, wire)
	}
	return b
}

// erfRecord appends a record, padded to eight bytes. Its time is in units of 2^-32 seconds, little-endian; all else is big-endian.
func erfRecord(b []byte, at time.Time, typ, port byte, lost uint16, body []byte, wire uint16) []byte {
	be := binary.BigEndian
	padding := -(16 + len(body)) & 7
	b = binary.LittleEndian.AppendUint64(b, uint64(at.Unix())<<32|uint64(at.Nanosecond())<<32/1e9)
	b = append(b, typ, 4|port)
	b = be.AppendUint16(be.AppendUint16(be.AppendUint16(b, uint16(16+len(body)+padding)), lost), wire)
	return append(append(b, body...), make([]byte, padding)...)
}

// halves packs a capture in two members, frames or streams, one behind the other.
func halves(t *trace, pack func([]byte) []byte) []byte {
	whole := t.pcap()
	half := len(whole) / 2
	return append(pack(whole[:half]), pack(whole[half:])...)
}

// skippable is a skippable frame of zstd and lz4.
func skippable() []byte { return []byte("\x53\x2a\x4d\x18\x04\x00\x00\x00note") }

func lz4ed(data []byte) []byte {
	var b bytes.Buffer
	w := lz4.NewWriter(&b)
	must(w.Write(data))
	must(0, w.Close())
	return b.Bytes()
}

// xzed is a stream of the xz format with one block, whose LZMA2 chunk is stored and not compressed.
func xzed(data []byte) []byte {
	le, table := binary.LittleEndian, crc64.MakeTable(crc64.ECMA)
	summed := func(b []byte) []byte { return le.AppendUint32(b, crc32.ChecksumIEEE(b)) }
	flags := []byte{0, 4} // the check is CRC-64
	b := append([]byte("\xfd7zXZ\x00"), summed(flags)[0:2]...)
	b = le.AppendUint32(b, crc32.ChecksumIEEE(flags))
	header := summed([]byte{2, 0, 0x21, 1, 0, 0, 0, 0}) // LZMA2 with a dictionary of 4 KiB
	chunk := binary.BigEndian.AppendUint16([]byte{1}, uint16(len(data)-1))
	chunk = append(append(chunk, data...), 0)
	unpadded := len(header) + len(chunk) + 8
	b = append(append(b, header...), chunk...)
	b = pad(b)
	b = le.AppendUint64(b, crc64.Checksum(data, table))
	index := binary.AppendUvarint(binary.AppendUvarint([]byte{0, 1}, uint64(unpadded)), uint64(len(data)))
	index = summed(pad(index))
	footer := append(le.AppendUint32(nil, uint32(len(index)/4-1)), flags...)
	b = append(b, index...)
	b = le.AppendUint32(b, crc32.ChecksumIEEE(footer))
	return append(append(b, footer...), "YZ"...)
}

// bzip2ed is halves of echo as the bzip2 program packs them; Go has no encoder of it.
func bzip2ed() []byte {
	b, err := base64.StdEncoding.DecodeString(bzip2Halves)
	must(0, err)
	return b
}

const bzip2Halves = "" +
	"QlpoMTFBWSZTWaVFwXYAAI193nzQBABBAH4EQhI////+ABwgAHAACEAUACAAlA2qIQDQBoAAAAaYQ00GQqeoMgB6gGgaAZABoAoONS5AHlCUKOQEPKAXEc9m" +
	"KqpqFqTAMUMA+NH2MhhhdTwygMFZJGoVJqbbHRqGkUcjiLyukiwrEsayLKqw/BTcSSY3OaDSajWbCY3G9Fw4HE5HM6HU7Hc8HkhXpRKNSKVfiUm9rR8X6eed" +
	"jxY/i7kinChIUqLguwBCWmgxMUFZJlNZN+vu+QAAff3ef9AEAEEAfgRCEj////AA4CAAGAAAQBAAIACSjP9VRk0yZMmCZNPUAwRgEZGgklNTQA0GjIAAADTE" +
	"00eFrHgIkwmTJESZIuKOJmZnJyZRqBPBA0kkj6qp9QJgU8KcnCeUs07hYIVcDKGYM4aA0iTIhCEwNO5PqdjueCQlPxOUJEB5PRSVFZYWlxIvillYmCcKaAbw" +
	"DeQoVFhfqW3L+LuSKcKEgb9fd8g="

func tarred(t *trace) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, m := range members(t) {
		must(0, w.WriteHeader(&tar.Header{Name: m.name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(m.data)), ModTime: start}))
		must(w.Write(m.data))
	}
	must(0, w.Close())
	return b.Bytes()
}

func zipped(t *trace) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members(t) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Deflate})
		must(0, err)
		must(f.Write(m.data))
	}
	must(0, w.Close())
	return b.Bytes()
}

type archived struct {
	name string
	data []byte
}

// members are what is in the archives: a capture, a packed one, and a file that is none.
func members(t *trace) []archived {
	return []archived{{"tap0/echo.pcap", t.pcap()}, {"tap1/echo.erf.gz", gzipped(erf(t))}, {"README", []byte("six echo requests, twice\n")}}
}
