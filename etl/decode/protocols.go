package decode

import "strings"

// proto is a protocol that a frame can be seen to hold.
type proto uint8

// The protocols, in the order of protoNames.
const (
	protoNone proto = iota
	protoEth
	protoVLAN
	protoQinQ
	protoLLC
	protoSLL
	protoRaw
	protoNull
	protoARP
	protoIP
	protoIPv6
	protoHopByHop
	protoRouting
	protoFragment
	protoDstOpts
	protoAH
	protoMobility
	protoHIP
	protoShim6
	protoESP
	protoTCP
	protoUDP
	protoUDPLite
	protoSCTP
	protoDCCP
	protoICMP
	protoICMPv6
	protoIGMP
	protoGRE
	protoEIGRP
	protoOSPF
	protoPIM
	protoVRRP
	protoDNS
	protoMDNS
	protoLLMNR
	protoMPLS
	protoPPPoEDiscovery
	protoPPPoESession
	protoLLDP
	protoEAPOL
	protoSlow
	protoPTP
	protoTokenRing
	protoARCNET
	protoPPP
	protoFDDI
	protoCHDLC
	protoWLAN
	protoFrameRelay
	protoATM
	protoRadiotap
	protoMTP2
	protoMSTP
	protoPPI
	protoWPAN
	protoIPNET
	protoCAN
	protoDBus
	protoNFLOG
	protoIPoIB
	protoNetlink
	protoVsock
	protoIPX
	protoEtherIP
	protoERSPAN
	protoVXLAN
	protoNSH
	protoGeneve
	protoGTP
	protoTeredo
	protoL2TP
	protoLISP
	protoAMT
	protoIPComp
)

// protoNames are Wireshark's short names.
var protoNames = [...]string{
	protoEth: "eth", protoVLAN: "vlan", protoQinQ: "ieee8021ad", protoLLC: "llc", protoSLL: "sll", protoRaw: "raw", protoNull: "null",
	protoARP: "arp", protoIP: "ip", protoIPv6: "ipv6", protoHopByHop: "ipv6.hopopts", protoRouting: "ipv6.routing",
	protoFragment: "ipv6.fraghdr", protoDstOpts: "ipv6.dstopts", protoAH: "ah", protoMobility: "mipv6", protoHIP: "hip", protoShim6: "shim6",
	protoESP: "esp", protoTCP: "tcp", protoUDP: "udp", protoUDPLite: "udplite", protoSCTP: "sctp", protoDCCP: "dccp", protoICMP: "icmp",
	protoICMPv6: "icmpv6", protoIGMP: "igmp", protoGRE: "gre", protoEIGRP: "eigrp", protoOSPF: "ospf", protoPIM: "pim", protoVRRP: "vrrp",
	protoDNS: "dns", protoMDNS: "mdns", protoLLMNR: "llmnr", protoMPLS: "mpls", protoPPPoEDiscovery: "pppoed", protoPPPoESession: "pppoes",
	protoLLDP: "lldp", protoEAPOL: "eapol", protoSlow: "slow", protoPTP: "ptp",
	protoTokenRing: "tr", protoARCNET: "arcnet", protoPPP: "ppp", protoFDDI: "fddi", protoCHDLC: "chdlc", protoWLAN: "wlan",
	protoFrameRelay: "fr", protoATM: "atm", protoRadiotap: "radiotap", protoMTP2: "mtp2", protoMSTP: "mstp", protoPPI: "ppi",
	protoWPAN: "wpan", protoIPNET: "ipnet", protoCAN: "can", protoDBus: "dbus", protoNFLOG: "nflog", protoIPoIB: "ipoib",
	protoNetlink: "netlink", protoVsock: "vsock", protoIPX: "ipx",
	protoEtherIP: "etherip", protoERSPAN: "erspan", protoVXLAN: "vxlan", protoNSH: "nsh", protoGeneve: "geneve", protoGTP: "gtp", protoTeredo: "teredo", protoL2TP: "l2tp", protoLISP: "lisp-data", protoAMT: "amt", protoIPComp: "ipcomp",
}

const maxChain = 32

// chain is the protocols of one frame, from the outside in.
type chain struct {
	n   int
	ids [maxChain]proto
}

func (c *chain) push(p proto) {
	if p != protoNone && c.n < maxChain {
		c.ids[c.n] = p
		c.n++
	}
}

// maxChains bounds the table of chains, which whoever sends the frames can make grow.
const maxChains = 4096

// chains holds the text of every chain seen, so that a frame costs a look-up and no allocation.
type chains map[[maxChain]proto]string

// names returns the highest protocol and the chain as text.
func (c chains) names(of *chain) (highest, all string) {
	if of.n == 0 {
		return "", ""
	}
	highest = protoNames[of.ids[of.n-1]]
	if of.n == 1 {
		return highest, highest
	}
	all, ok := c[of.ids]
	if !ok {
		parts := make([]string, of.n)
		for i := range parts {
			parts[i] = protoNames[of.ids[i]]
		}
		all = strings.Join(parts, ":")
		if len(c) < maxChains {
			c[of.ids] = all
		}
	}
	return highest, all
}
