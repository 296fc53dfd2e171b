package main

import (
	"encoding/binary"
	"time"
)

// byteOrder is one that can write.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// ngFile is a pcapng file in the making, in the byte order of its section.
type ngFile struct {
	byteOrder
	b []byte
}

func (f *ngFile) block(typ uint32, body []byte) {
	length := uint32(len(body) + 12)
	f.b = f.AppendUint32(f.AppendUint32(f.b, typ), length)
	f.b = f.AppendUint32(append(f.b, body...), length)
}

func (f *ngFile) option(b []byte, code uint16, value []byte) []byte {
	return pad(append(f.AppendUint16(f.AppendUint16(b, code), uint16(len(value))), value...))
}

func (f *ngFile) section(o byteOrder, comment string) {
	f.byteOrder = o
	f.block(0x0a0d0d0a, f.option(f.AppendUint64(f.AppendUint16(f.AppendUint16(f.AppendUint32(nil, 0x1a2b3c4d), 1), 0), 1<<64-1), 1, []byte(comment)))
}

// nic describes an Ethernet interface, its clock by if_tsresol and if_tsoffset.
func (f *ngFile) nic(name string, resolution byte, offset int64) {
	body := f.option(f.AppendUint32(f.AppendUint32(nil, 0), 262144), 2, []byte(name))
	f.AppendUint16(body[:0], linkEthernet)
	body = f.option(f.option(body, 9, []byte{resolution}), 14, f.AppendUint64(nil, uint64(offset)))
	f.block(1, f.option(body, 1, []byte("the port of "+name)))
}

// stamped appends what enhanced and obsolete packet blocks have in common.
func (f *ngFile) stamped(b []byte, ticks uint64, data []byte) []byte {
	b = f.AppendUint32(f.AppendUint32(b, uint32(ticks>>32)), uint32(ticks))
	return pad(append(f.AppendUint32(f.AppendUint32(b, uint32(len(data))), uint32(len(data))), data...))
}

// sections is a pcapng file of two sections in both byte orders: clocks of 2^-20 and of 10^-9 seconds with an offset, packet blocks of all three
// kinds, comments on everything, names, statistics, a secret, and blocks that nobody knows.
func sections(t *trace) []byte {
	f, p := new(ngFile), t.packets
	f.section(binary.BigEndian, "first section")
	f.nic("be0", 0x80|20, 0)
	ticks := func(at time.Time) uint64 { return uint64(at.Unix())<<20 | uint64(at.Nanosecond())<<20/1e9 }
	f.block(6, f.option(f.stamped(f.AppendUint32(nil, 0), ticks(p[0].at), p[0].data), 1, []byte("the first\xff echo")))
	f.block(2, f.stamped(f.AppendUint16(f.AppendUint16(nil, 0), 3), ticks(p[1].at), p[1].data))
	f.block(4, append(f.option(f.option(nil, 1, []byte("\x0a\x14\x00\x02alice\x00")), 1, []byte("\x0a\x14\x00\x03server\x00")), 0, 0, 0, 0))
	f.section(binary.LittleEndian, "second section")
	f.nic("le0", 9, start.Unix())
	f.block(0x80000001, []byte("none of ours"))
	f.block(10, f.AppendUint32(f.AppendUint32(nil, 0x544c534b), 0))
	f.block(0x0bad, f.AppendUint32(nil, 32473))
	f.block(3, pad(append(f.AppendUint32(nil, uint32(len(p[2].data))), p[2].data...)))
	for _, q := range p[3:] {
		f.block(6, f.stamped(f.AppendUint32(nil, 0), uint64(q.at.Sub(start)), q.data))
	}
	statistics := f.AppendUint64(f.AppendUint32(nil, 0), 0)
	statistics = f.option(f.option(statistics, 4, f.AppendUint64(nil, 9)), 5, f.AppendUint64(nil, 4))
	f.block(5, f.option(statistics, 1, []byte("counted to the end")))
	return f.b
}

// damaged is a pcapng file whose third packet block lost bytes in the middle: its length leads nowhere.
func damaged(t *trace) []byte {
	f := new(ngFile)
	f.section(binary.LittleEndian, "a copy with a hole")
	f.nic("eth0", 9, 0)
	hole := 0
	for i, p := range t.packets {
		if i == 2 {
			hole = len(f.b) + 40
		}
		f.block(6, f.stamped(f.AppendUint32(nil, 0), uint64(p.at.UnixNano()), p.data))
	}
	return append(f.b[:hole:hole], f.b[hole+17:]...)
}
