package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// question is a DNS query of one question.
func question(id uint16, name string, typ layers.DNSType) []byte {
	return message(&layers.DNS{ID: id, RD: true, Questions: []layers.DNSQuestion{{Name: []byte(name), Type: typ, Class: layers.DNSClassIN}}})
}

func message(d *layers.DNS) []byte {
	b := gopacket.NewSerializeBuffer()
	must(0, d.SerializeTo(b, gopacket.SerializeOptions{FixLengths: true}))
	return b.Bytes()
}

// refusal answers a query that has nothing but its question: the same with QR set and rcode REFUSED.
func refusal(query []byte) []byte {
	answer := append([]byte(nil), query...)
	binary.BigEndian.PutUint16(answer[2:], 0x8185)
	return answer
}

// lookup is a query to the resolver and its answer; without an address the name does not exist.
func lookup(t *trace, client host, port uint16, name string, typ layers.DNSType, address net.IP) {
	id := port ^ 0x5a5a
	t.add(150*time.Millisecond, datagram(client, resolver, port, 53, question(id, name, typ)))
	d := &layers.DNS{ID: id, QR: true, RD: true, RA: true, Questions: []layers.DNSQuestion{{Name: []byte(name), Type: typ, Class: layers.DNSClassIN}}}
	record := layers.DNSResourceRecord{Name: []byte(name), Type: typ, Class: layers.DNSClassIN, TTL: 300}
	switch {
	case typ == layers.DNSTypeMX:
		record.MX = layers.DNSMX{Preference: 10, Name: []byte("mail." + name)}
		d.Answers = append(d.Answers, record)
	case typ == layers.DNSTypeTXT:
		record.TXTs = [][]byte{[]byte("v=spf1 -all")}
		d.Answers = append(d.Answers, record)
	case address != nil:
		record.IP = address
		d.Answers = append(d.Answers, record)
	default:
		d.ResponseCode = layers.DNSResponseCodeNXDomain
	}
	t.add(12*time.Millisecond, datagram(resolver, client, 53, port, message(d)))
}

// dns is an hour's handful of ordinary look-ups.
func dns() []byte {
	t := newTrace(40 * time.Minute)
	for n := range 40 {
		client := []host{alice, bob, mallory}[n%3]
		port := uint16(40_000 + n*37)
		switch n % 5 {
		case 0, 1:
			lookup(t, client, port, fmt.Sprintf("host%d.example.org", n), layers.DNSTypeA, net.IPv4(192, 0, 2, byte(n)).To4())
		case 2:
			lookup(t, client, port, "www.example.org", layers.DNSTypeAAAA, net.ParseIP("2001:db8::80"))
		case 3:
			lookup(t, client, port, "example.org", []layers.DNSType{layers.DNSTypeMX, layers.DNSTypeTXT}[n/5%2], nil)
		default:
			lookup(t, client, port, fmt.Sprintf("gone%d.example.org", n), layers.DNSTypeA, nil)
		}
	}
	return t.pcap()
}

// web is ordinary HTTP: pages of several sizes, and one segment that is sent twice.
func web() []byte {
	t := newTrace(30 * time.Minute)
	for n := range uint16(12) {
		client := []host{alice, bob}[n%2]
		to := []host{server, outside("192.0.2.80"), outside("198.51.100.80")}[n%3]
		c := open(t, client, to, 51_000+n*11, 80)
		request := fmt.Sprintf("GET /page/%d HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: demo\r\n\r\n", n)
		body := strings.Repeat("All work and no play. ", 40+int(n)*60)
		answer := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		c.exchange([]byte(request), []byte(answer))
		if n == 5 { // the last data segment again
			again := t.packets[len(t.packets)-2].data
			t.add(200*time.Millisecond, again)
		}
		c.close()
		t.now = t.now.Add(3 * time.Second)
	}
	return t.pcap()
}

// ipv6 is TCP, neighbour discovery and extension headers over IPv6, compressed by zstd.
func ipv6() []byte {
	t := newTrace(50 * time.Minute)
	client := host{alice.mac, net.ParseIP("2001:db8:20::10")}
	peer := host{gateway.mac, net.ParseIP("2001:db8:80::80")}
	solicitation := &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeNeighborSolicitation, 0)}
	network := &layers.IPv6{Version: 6, HopLimit: 255, NextHeader: layers.IPProtocolICMPv6, SrcIP: client.ip, DstIP: net.ParseIP("ff02::1:ff00:1")}
	must(0, solicitation.SetNetworkLayerForChecksum(network))
	t.add(0, frame(&layers.Ethernet{SrcMAC: client.mac, DstMAC: net.HardwareAddr{0x33, 0x33, 0xff, 0, 0, 1}, EthernetType: layers.EthernetTypeIPv6},
		network, solicitation, &layers.ICMPv6NeighborSolicitation{TargetAddress: net.ParseIP("2001:db8:20::1")}))
	c := open(t, client, peer, 52_000, 443)
	c.exchange([]byte(strings.Repeat("c", 517)), []byte(strings.Repeat("s", 4200)))
	c.close()
	t.add(time.Second, extended(client, peer))
	for n := range uint16(5) {
		t.add(time.Second, datagram(client, peer, 53_000+n, 123, make([]byte, 48)))
	}
	return zstded(t.pcapng(nic{"eth0", linkEthernet, 9}))
}

// extended is a UDP datagram behind a hop-by-hop and a destination options header, each with padding only.
func extended(from, to host) []byte {
	network := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolIPv6HopByHop, SrcIP: from.ip, DstIP: to.ip}
	u := &layers.UDP{SrcPort: 54_000, DstPort: 9}
	must(0, u.SetNetworkLayerForChecksum(network))
	transport := frame(u, gopacket.Payload("behind two headers"))
	padding := []byte{1, 4, 0, 0, 0, 0} // PadN over the rest of eight bytes
	extensions := append([]byte{byte(layers.IPProtocolIPv6Destination), 0}, padding...)
	extensions = append(append(extensions, byte(layers.IPProtocolUDP), 0), padding...)
	network.Length = uint16(len(extensions) + len(transport))
	b := gopacket.NewSerializeBuffer()
	must(0, gopacket.SerializeLayers(b, gopacket.SerializeOptions{}, ethernet(from, to), gopacket.Payload("")))
	header := make([]byte, 40)
	header[0], header[6], header[7] = 0x60, byte(network.NextHeader), network.HopLimit
	binary.BigEndian.PutUint16(header[4:], network.Length)
	copy(header[8:], from.ip.To16())
	copy(header[24:], to.ip.To16())
	return append(append(append(b.Bytes()[:14:14], header...), extensions...), transport...)
}

// interfaces is a pcapng file of two interfaces: Ethernet with VLAN tags in microseconds, a cooked capture in nanoseconds.
func interfaces() []byte {
	t := newTrace(60 * time.Minute)
	t.add(0, arp(alice, gateway))
	for n := range uint16(4) {
		t.add(5*time.Millisecond, tagged(n))
		t.add(1234567*time.Nanosecond, cooked(n))
		last := &t.packets[len(t.packets)-1]
		last.interfac, last.outgoing = 1, n%2 == 1
	}
	t.packets[1].commented = "first tagged frame"
	return t.pcapng(nic{"eth0", linkEthernet, 6}, nic{"any", linkSLL, 9})
}

func arp(from, to host) []byte {
	broadcast := net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	return frame(&layers.Ethernet{SrcMAC: from.mac, DstMAC: broadcast, EthernetType: layers.EthernetTypeARP}, &layers.ARP{
		AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4, Operation: layers.ARPRequest,
		SourceHwAddress: from.mac, SourceProtAddress: from.ip.To4(), DstHwAddress: make([]byte, 6), DstProtAddress: to.ip.To4(),
	})
}

// tagged is a UDP datagram in VLAN 100, every second time within the provider's VLAN 7 (QinQ).
func tagged(n uint16) []byte {
	network := ip(alice, server, layers.IPProtocolUDP)
	u := &layers.UDP{SrcPort: layers.UDPPort(55_000 + n), DstPort: 514}
	must(0, u.SetNetworkLayerForChecksum(underIP(network)))
	inner := &layers.Dot1Q{VLANIdentifier: 100, Type: layers.EthernetTypeIPv4}
	e := &layers.Ethernet{SrcMAC: alice.mac, DstMAC: server.mac, EthernetType: layers.EthernetTypeDot1Q}
	data := gopacket.Payload(fmt.Sprintf("<13>message %d", n))
	if n%2 == 0 {
		return frame(e, inner, network, u, data)
	}
	e.EthernetType = layers.EthernetTypeQinQ
	return frame(e, &layers.Dot1Q{VLANIdentifier: 7, Type: layers.EthernetTypeDot1Q}, inner, network, u, data)
}

// cooked is a UDP datagram as a capture on all interfaces of a Linux host shows it.
func cooked(n uint16) []byte {
	header := []byte{0, byte(n % 2 * 4), 0, 1, 0, 6, 0x02, 0, 0, 0, 0, 10, 0, 0, 0x08, 0x00}
	whole := datagram(alice, server, 56_000+n, 4789, []byte("plain words, no tunnel"))
	return append(header, whole[14:]...)
}
