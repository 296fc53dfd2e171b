package decode

import (
	"slices"
	"strings"
)

// proto is a protocol that a frame can be seen to hold.
type proto uint16

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
	protoPBB
	protoMACsec
	protoCMD
	protoVNTag
	protoETag
	protoHSR
	protoRTag
	protoIDP
	protoWOL
	protoVINES
	protoMSRP
	proto1722
	protoTRILL
	protoBATMAN
	protoDECnet
	protoLAT
	protoLLAP
	protoAARP
	protoMACControl
	protoHomePlug
	protoPROFINET
	protoRealtek
	protoAoE
	protoEtherCAT
	protoEPL
	protoGOOSE
	protoSV
	protoTIPC
	protoSERCOS
	protoLLTD
	protoHomePlugAV
	protoMRP
	protoELMI
	protoMVRP
	protoMMRP
	protoNCSI
	protoPRP
	protoCFM
	protoFCoE
	protoFIP
	protoInfiniBand
	proto1905
	protoGeoNetworking
	protoNSH
	protoLoopTest
	proto6LoWPAN
	protoECPRI
	protoBrcmTag
	protoDSA
	protoEDSA
	protoSNA
	protoOSI
	protoCLNP
	protoESIS
	protoISIS
	protoSTP
	protoX25
	protoXNS
	protoBACnet
	protoVINESLLC
	protoNetBIOS
	protoHPExt
	protoRPL
	protoDDP
	protoPAgP
	protoUDLD
	protoCDP
	protoCGMP
	protoVTP
	protoDTP
	protoSLARP
	protoVJC
	protoCompressed
	protoBCP
	protoMP
	protoIPCP
	protoOSINLCP
	protoBCPNCP
	protoIPv6CP
	protoCCP
	protoCDPCP
	protoMPLSCP
	protoLCP
	protoPAP
	protoCBCP
	protoBACP
	protoBAP
	protoCHAP
	protoEAP
	protoQ933
	protoLMI
	protoPWACH
	protoPWHeuristic
	protoPWControlWord
	protoPWNoControlWord
	protoTokenRingMAC
	protoLANE
	protoCLIP
	protoIPFC
	protoAP1394
	protoEnc
	protoPFLOG
	protoSLIP
	protoPKTAP
	protoPacketData
	protoWLANRadio
	protoPrism
	protoAVS
	protoJuniper
	protoERF
	protoTZSP
	protoCANFD
	protoIrLAP
	protoISI
	protoAX25
	protoAX25KISS
	protoSymantec
	protoMTP3
	protoSCCP
	protoDOCSIS
	protoUser
	protoGPRSLLC
	protoGFP
	protoLAPD
	protoLAPB
	protoUSB
	protoUSBLL
	protoBluetooth
	protoSITA
	protoI2C
	protoFlexRay
	protoLIN
	protoWPANPHY
	protoWPANTAP
	protoGSMTAP
	protoFC
	protoFCSOF
	protoDVBCI
	protoMUX27010
	protoS5066
	protoNetANALYZER
	protoMP2T
	protoRTAC
	protoExportedPDU
	protoEPON
	protoIPMITrace
	protoISO14443
	protoSDLC
	protoLoRaTap
	protoNordicBLE
	protoXRA
	protoFPP
	protoDPAUX
	protoEBHSCR
	protoVPP
	protoETW
	protoZBNCP
	protoVsock
	protoIPX
	protoEtherIP
	protoERSPAN
	protoVXLAN
	protoGeneve
	protoGTP
	protoTeredo
	protoL2TP
	protoLISP
	protoAMT
	protoIPComp
	protoDHCP
	protoDHCPv6
	protoNTP
	protoQUIC
	protoSNMP
	protoSSDP
	protoMemcache
	protoCLDAP
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
	protoPBB: "ieee8021ah", protoMACsec: "macsec", protoCMD: "cmd", protoVNTag: "vntag", protoETag: "etag", protoHSR: "hsr", protoRTag: "ieee8021cb",
	protoIDP: "idp", protoWOL: "wol", protoVINES: "vines_ip", protoMSRP: "mrp-msrp", proto1722: "ieee1722", protoTRILL: "trill", protoBATMAN: "batadv",
	protoDECnet: "dec_dna", protoLAT: "lat", protoLLAP: "llap", protoAARP: "aarp", protoMACControl: "macc", protoHomePlug: "homeplug",
	protoPROFINET: "pn_rt", protoRealtek: "realtek", protoAoE: "aoe", protoEtherCAT: "ecatf", protoEPL: "epl", protoGOOSE: "goose", protoSV: "sv",
	protoTIPC: "tipc", protoSERCOS: "siii", protoLLTD: "lltd", protoHomePlugAV: "homeplug-av", protoMRP: "pn_mrp", protoELMI: "elmi",
	protoMVRP: "mrp-mvrp", protoMMRP: "mrp-mmrp", protoNCSI: "ncsi", protoPRP: "hsr_prp_supervision", protoCFM: "cfm", protoFCoE: "fcoe",
	protoFIP: "fip", protoInfiniBand: "infiniband", proto1905: "ieee1905", protoGeoNetworking: "gnw", protoNSH: "nsh", protoLoopTest: "loop",
	proto6LoWPAN: "6lowpan", protoECPRI: "ecpri", protoBrcmTag: "brcm-tag", protoDSA: "dsa", protoEDSA: "edsa", protoSNA: "sna", protoOSI: "osi",
	protoCLNP: "clnp", protoESIS: "esis", protoISIS: "isis", protoSTP: "stp", protoX25: "x25", protoXNS: "3comxns", protoBACnet: "bacnet",
	protoVINESLLC: "vines_llc", protoNetBIOS: "netbios", protoHPExt: "hpext", protoRPL: "rpl", protoDDP: "ddp", protoPAgP: "pagp", protoUDLD: "udld",
	protoCDP: "cdp", protoCGMP: "cgmp", protoVTP: "vtp", protoDTP: "dtp", protoSLARP: "slarp", protoVJC: "vjc", protoCompressed: "comp_data",
	protoBCP: "bcp_bpdu", protoMP: "mp", protoIPCP: "ipcp", protoOSINLCP: "osinlcp", protoBCPNCP: "bcp_ncp", protoIPv6CP: "ipv6cp", protoCCP: "ccp",
	protoCDPCP: "cdpcp", protoMPLSCP: "mplscp", protoLCP: "lcp", protoPAP: "pap", protoCBCP: "cbcp", protoBACP: "bacp", protoBAP: "bap",
	protoCHAP: "chap", protoEAP: "eap", protoQ933: "q933", protoLMI: "lmi", protoPWACH: "pwach", protoPWHeuristic: "pwethheuristic",
	protoPWControlWord: "pwethcw", protoPWNoControlWord: "pwethnocw", protoTokenRingMAC: "trmac", protoLANE: "lane", protoCLIP: "clip",
	protoIPFC: "ipfc", protoAP1394: "ap1394", protoEnc: "enc", protoPFLOG: "pflog", protoSLIP: "slip", protoPKTAP: "pktap",
	protoPacketData: "pcap_pktdata", protoWLANRadio: "wlan_radio", protoPrism: "prism", protoAVS: "wlancap", protoJuniper: "juniper", protoERF: "erf",
	protoTZSP: "tzsp", protoCANFD: "canfd", protoIrLAP: "irlap", protoISI: "isi", protoAX25: "ax25", protoAX25KISS: "ax25_kiss",
	protoSymantec: "symantec", protoMTP3: "mtp3", protoSCCP: "sccp", protoDOCSIS: "docsis", protoUser: "user_dlt", protoGPRSLLC: "llcgprs",
	protoGFP: "gfp", protoLAPD: "lapd", protoLAPB: "lapb", protoUSB: "usb", protoUSBLL: "usbll", protoBluetooth: "bluetooth", protoSITA: "sita",
	protoI2C: "i2c", protoFlexRay: "flexray", protoLIN: "lin", protoWPANPHY: "wpan-nonask-phy", protoWPANTAP: "wpan-tap", protoGSMTAP: "gsmtap",
	protoFC: "fc", protoFCSOF: "fcsof", protoDVBCI: "dvb-ci", protoMUX27010: "mux27010", protoS5066: "s5066dts", protoNetANALYZER: "netanalyzer",
	protoMP2T: "mp2t", protoRTAC: "rtacser", protoExportedPDU: "exported_pdu", protoEPON: "epon", protoIPMITrace: "ipmi.trace",
	protoISO14443: "iso14443", protoSDLC: "sdlc", protoLoRaTap: "loratap", protoNordicBLE: "nordic_ble", protoXRA: "xra", protoFPP: "fpp",
	protoDPAUX: "dpauxmon", protoEBHSCR: "ebhscr", protoVPP: "vpp", protoETW: "etw", protoZBNCP: "zbncp",
	protoNetlink: "netlink", protoVsock: "vsock", protoIPX: "ipx",
	protoEtherIP: "etherip", protoERSPAN: "erspan", protoVXLAN: "vxlan", protoGeneve: "geneve", protoGTP: "gtp", protoTeredo: "teredo", protoL2TP: "l2tp", protoLISP: "lisp-data", protoAMT: "amt", protoIPComp: "ipcomp",
	protoDHCP: "dhcp", protoDHCPv6: "dhcpv6", protoNTP: "ntp", protoQUIC: "quic", protoSNMP: "snmp", protoSSDP: "ssdp", protoMemcache: "memcache",
	protoCLDAP: "cldap",
}

// Protocols returns the names that packets.protocol and packets.protocols are made of, sorted: those of Wireshark's layers.
func Protocols() []string {
	names := slices.DeleteFunc(slices.Clone(protoNames[:]), func(n string) bool { return n == "" })
	slices.Sort(names)
	return slices.Compact(names)
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
