package decode_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

var (
	ping  = sealed(ip4(1, octets("0800 0000 1111 0002 61626364")))
	ping6 = sealed(ip6(58, octets("8000 0000 1111 0002 61626364")))
)

// linkCases are the frames of all link layers.
var linkCases = map[string][]frameCase{
	"ethernet": ethernetCases, "carrier": carrierCases, "cooked": cookedCases, "bare IP": bareIPCases, "PPP": pppCases, "HDLC": hdlcCases,
	"frame relay": frameRelayCases, "MPLS": mplsCases, "Juniper": juniperCases, "LAN": lanCases, "WLAN": wlanCases,
	"other": {
		{"known by name", 189, octets("0000"), 0, cells{"link_type": "189", "protocol": "usb", "protocols": "usb", "malformed": "", "cap_len": "2"}},
		{"unknown", 4711, octets("0000"), 70, cells{"link_type": "4711", "protocol": "", "protocols": "", "malformed": "", "wire_len": "70"}},
	},
}

func TestLinks(t *testing.T) {
	for name, cases := range linkCases {
		t.Run(name, func(t *testing.T) { testFrames(t, cases) })
	}
}

// TestLinkTypes: the table is in order, which look-ups rely on, and every entry that is decoded has a case in which it leads to IP.
func TestLinkTypes(t *testing.T) {
	types := decode.LinkTypes()
	if !slices.IsSortedFunc(types, func(a, b decode.LinkType) int { return cmp.Compare(a.Number, b.Number) }) {
		t.Error("not in order")
	}
	toIP := map[int32]bool{}
	for _, cases := range linkCases {
		for _, c := range cases {
			if decodeFrame(c, decode.Options{}).Packets[0].IPVersion != 0 {
				toIP[c.link] = true
			}
		}
	}
	for _, l := range types {
		if l.Name == "" {
			t.Errorf("%d has no name", l.Number)
		}
		if l.Decoded != toIP[l.Number] {
			t.Errorf("%d %s: decoded %v, in a case %v", l.Number, l.Name, l.Decoded, toIP[l.Number])
		}
	}
}

// TestLinksDoNotAllocate: a frame like one seen before costs no memory, whatever its link layer.
func TestLinksDoNotAllocate(t *testing.T) {
	d, rows := decode.New(decode.Options{}), new(decode.Rows)
	if got := testing.AllocsPerRun(10, func() {
		rows.Reset()
		for _, cases := range linkCases {
			for _, c := range cases {
				d.Decode(&capture.Frame{HasTS: true, LinkType: c.link, WireLen: int64(len(c.data)), Data: c.data}, rows)
			}
		}
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

// TestRecord: what the record says of a frame stands in the row whatever the frame holds; link types change from frame to frame.
func TestRecord(t *testing.T) {
	d, rows := decode.New(decode.Options{CaptureID: "c1", Sensor: "s1"}), new(decode.Rows)
	for _, f := range []capture.Frame{
		{No: 7, Offset: 24, TS: 1, TSExtraNS: 2, HasTS: true, InterfaceID: 3, LinkType: 1, Dir: capture.DirIn, WireLen: 46, Data: eth(0x0800, ping)},
		{No: 8, Offset: 99, TSSuspect: true, LinkType: 101, Dir: capture.DirOut, WireLen: 32, Data: ping},
	} {
		d.Decode(&f, rows)
	}
	for i, want := range []cells{
		{
			"capture_id": "c1", "sensor": "s1", "frame_no": "7", "frame_offset": "24", "ts": "1970-01-01T00:00:00.000001", "ts_extra_ns": "2",
			"ts_suspect": "false", "interface_id": "3", "pkt_dir": "in", "protocols": "eth:ip:icmp", "flow_id": "", "dup_of_frame": "", "tunnel": "",
		},
		{"frame_no": "8", "ts": "", "ts_extra_ns": "", "ts_suspect": "true", "interface_id": "0", "pkt_dir": "out", "protocols": "raw:ip:icmp"},
	} {
		checkCells(t, schema.Packets, &rows.Packets[i], want)
	}
}
