package decode

import (
	"net/netip"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	arpHeader   = 8 // bytes before the addresses
	arpEthernet = 1 // hardware types (IANA) with EUI-48 addresses
	arpIEEE802  = 6
	arpATM      = 19 // lays its addresses out in its own way (RFC 2225)
)

// arp decodes a message of RFC 826. Protocol addresses are told of IPv4, hardware addresses of Ethernet.
func (d *Decoder) arp(l layer) {
	d.push(protoARP)
	if !d.has(l, arpHeader, schema.MalformedARPShort) {
		return
	}
	p, hardware, size := d.row, u16(l.b), int(l.b[4])
	if hardware == arpATM || u16(l.b[2:]) != etherIPv4 || l.b[5] != 4 || !d.has(l, arpHeader+2*(size+4), schema.MalformedARPShort) {
		return
	}
	d.arrive()
	sender, target := l.b[arpHeader:], l.b[arpHeader+size+4:]
	p.SrcIP, p.DstIP = netip.AddrFrom4([4]byte(sender[size:])), netip.AddrFrom4([4]byte(target[size:]))
	if hardware != arpEthernet && hardware != arpIEEE802 || size != 6 {
		return
	}
	d.rows.ARPs = append(d.rows.ARPs, schema.ARP{
		CaptureID: p.CaptureID, Sensor: p.Sensor, FrameNo: p.FrameNo, TS: p.TS, TSExtraNS: p.TSExtraNS, Opcode: int32(u16(l.b[6:])),
		SenderMAC: schema.MAC(sender), SenderIP: p.SrcIP, TargetMAC: schema.MAC(target), TargetIP: p.DstIP,
	})
}
