package decode

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

const arpEthernetIPv4 = 28 // bytes of a message with 6-byte hardware and 4-byte protocol addresses

// arp decodes a message of RFC 826. Only those for Ethernet and IPv4 have addresses to tell.
func (d *Decoder) arp(l layer) {
	d.push(protoARP)
	if !d.has(l, 8, schema.MalformedARPShort) {
		return
	}
	if u16(l.b[2:]) != etherIPv4 || l.b[4] != 6 || l.b[5] != 4 || !d.has(l, arpEthernetIPv4, schema.MalformedARPShort) {
		return
	}
	p := d.row
	a := schema.ARP{
		CaptureID: p.CaptureID, Sensor: p.Sensor, FrameNo: p.FrameNo, TS: p.TS, TSExtraNS: p.TSExtraNS, Opcode: int32(u16(l.b[6:])),
		SenderIP: netip.AddrFrom4([4]byte(l.b[14:18])), TargetIP: netip.AddrFrom4([4]byte(l.b[24:28])),
	}
	copy(a.SenderMAC[:], l.b[8:])
	copy(a.TargetMAC[:], l.b[18:])
	d.rows.ARPs = append(d.rows.ARPs, a)
	p.SrcIP, p.DstIP = a.SenderIP, a.TargetIP
}
