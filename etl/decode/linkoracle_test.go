package decode_test

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// unlikeTshark are the cases that tshark takes otherwise, beyond the classes, and why.
var unlikeTshark = map[string]string{
	"Juniper/no link layer":                "it does not decode the packet",
	"LAN/clip with SNAP":                   "it takes the SNAP header for IP",
	"LAN/ip over fibre channel":            "it shows addresses of eight bytes",
	"LAN/nflog out, big endian, IPv6":      "it takes the byte order from the file",
	"LAN/pktap in pktap in pktap":          "it has no bound but its stack",
	"LAN/pktap, version 2":                 "it knows version 1",
	"LAN/rfc1483, bridged FDDI":            "it takes bridged FDDI for one whose addresses are in the order of Ethernet",
	"LAN/token ring, routed":               "it shows the bit that tells of the route as one of the address",
	"LAN/arcnet, a fragment":               "it decodes fragments as if they were whole",
	"MPLS/pseudowire over PPP":             "its addresses are of the innermost Ethernet, not of the frame",
	"MPLS/pseudowire with a control word":  "it looks for a known vendor in the addresses",
	"PPP/bridged, LAN and FCS":             "it takes the identifier of the LAN for the frame's",
	"WLAN/A-MSDU":                          "it shows the receiver as the destination",
	"WLAN/A-MSDU of two":                   "the same",
	"WLAN/protected A-MSDU":                "the same",
	"WLAN/later fragment":                  "it decodes a fragment without its first",
	"bare IP/ipnet out of IPv6":            "it does not know IPv6 there",
	"bare IP/null of Linux":                "it does not know Linux's family",
	"bare IP/null of Windows":              "it takes Windows' family for IPX",
	"carrier/PBB":                          "it does not name what follows an 802.1ad tag, and shows the customer's tag",
	"carrier/docsis":                       "it verifies the header's check sequence",
	"carrier/mpacket that goes on":         "it takes the rest for Ethernet",
	"carrier/netanalyzer, transparent":     "it does not decode the frame",
	"cooked/sll netlink":                   "it does not show the packet type",
	"cooked/sll of Ethernet":               "it shows the addresses of the Ethernet inside",
	"ethernet/SNAP, bridged":               "the same",
	"ethernet/SNAP, no EtherType":          "it shows a number below the EtherTypes as one",
	"ethernet/later QinQ types":            "it does not know them",
	"ethernet/more tags than there can be": "its bound is higher",
	"carrier/erf":                          "it takes the record's header for its own",
	"carrier/erf of HDLC":                  "the same",
	"carrier/erf of IPv6":                  "the same",
	"carrier/erf of PPP":                   "the same",
	"carrier/erf with extensions":          "the same",
	"Juniper/another magic":                "it goes on without the magic",
}

// TestLinksAgainstTshark has tshark dissect the cases of all link layers that are whole and in order.
func TestLinksAgainstTshark(t *testing.T) {
	program := shared.Tool(t, "tshark")
	for _, l := range decode.LinkTypes() {
		var names []string
		file := pcapHeader(l.Number)
		for group, cases := range linkCases {
			for _, c := range cases {
				if c.link == l.Number && c.want["malformed"] == "" && c.wire == 0 {
					names, file = append(names, group+"/"+c.name), appendRecord(file, c.data)
				}
			}
		}
		if len(names) == 0 {
			continue
		}
		t.Run(strconv.Itoa(int(l.Number)), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cases.pcap")
			if err := os.WriteFile(path, file, 0o600); err != nil {
				t.Fatal(err)
			}
			found, err := compare(program, shared.Capture{Path: path, Rel: path})
			if err != nil {
				t.Fatal(err)
			}
			unlike := map[string]bool{}
			for _, d := range found.differences {
				name := names[d.frame-1]
				unlike[name] = true
				if unlikeTshark[name] == "" && classify(d) == "" {
					t.Errorf("%s: %s", name, d)
				}
			}
			for _, name := range names {
				if unlikeTshark[name] != "" && !unlike[name] {
					t.Errorf("%s is as tshark has it", name)
				}
			}
		})
	}
}

// pcapHeader is the header of a capture of one link type.
func pcapHeader(link int32) []byte {
	b := binary.LittleEndian.AppendUint32(octets("d4c3b2a1 0200 0400 00000000 00000000"), 1<<16)
	return binary.LittleEndian.AppendUint32(b, uint32(link))
}

func appendRecord(b, frame []byte) []byte {
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(frame)))
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(frame))), frame...)
}

// checked is a frame and its check sequence (IEEE 802.3 3.2.9).
func checked(frame []byte) []byte {
	return binary.LittleEndian.AppendUint32(join(frame), crc32.ChecksumIEEE(frame))
}
