package decode_test

import (
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

func TestARP(t *testing.T) {
	request := octets("0001 0800 06 04 0001 020000000001 0a000001 000000000000 0a000002")
	testFrames(t, []frameCase{
		{"request", 1, eth(0x0806, join(request, make([]byte, 18))), 0, cells{
			"protocols": "eth:arp", "src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "ether_type": "2054", "ip_version": "", "padding_len": "", "payload_len": "",
		}},
		{"of other hardware", 1, eth(0x0806, octets("0007 0800 01 04 0001 01 0a000001 02 0a000002")), 0, cells{"src_ip": "10.0.0.1", "dst_ip": "10.0.0.2", "malformed": ""}},
		{"of ATM", 1, eth(0x0806, octets("0013 0800 06 04 0001 000000000000 00000000 000000000000 00000000")), 0, cells{"src_ip": "", "malformed": ""}},
		{"of other addresses", 1, eth(0x0806, octets("0001 86dd 06 10 0001 00000000")), 0, cells{"protocols": "eth:arp", "src_ip": "", "malformed": ""}},
		{"short", 1, eth(0x0806, request[:20]), 0, cells{"protocols": "eth:arp", "src_ip": "", "malformed": "arp-short"}},
		{"snapped", 1, eth(0x0806, request[:20]), 60, cells{"src_ip": "", "malformed": ""}},
	})
	rows := decodeFrame(frameCase{link: 1, data: eth(0x0806, request)}, decode.Options{CaptureID: "c1"})
	if len(rows.ARPs) != 1 {
		t.Fatalf("%d rows of arp", len(rows.ARPs))
	}
	checkCells(t, schema.ARPs, &rows.ARPs[0], cells{
		"capture_id": "c1", "frame_no": "1", "opcode": "1", "sender_mac": "02:00:00:00:00:01", "sender_ip": "10.0.0.1",
		"target_mac": "00:00:00:00:00:00", "target_ip": "10.0.0.2",
	})
}
