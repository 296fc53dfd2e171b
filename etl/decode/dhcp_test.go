package decode_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// bootp is a message of DHCP for IPv4 with the given addresses and options; edits change it before.
func bootp(op byte, options string, edits ...edit) []byte {
	b := make([]byte, 236)
	b[0], b[1], b[2] = op, 1, 6
	copy(b[4:], octets("3903f326"))
	copy(b[28:], octets("000b8201fc42"))
	for _, e := range edits {
		b = e(b)
	}
	if options == "" {
		return b
	}
	return join(b, octets("63825363"+options))
}

func checkDHCP(t *testing.T, src, dst uint16, message []byte, captured int, want cells) {
	t.Helper()
	f := frameCase{link: 101, data: ip4(17, udp(src, dst, message))}
	if f.wire = int64(len(f.data)); captured > 0 {
		f.data = f.data[:28+captured]
	}
	rows := decodeFrame(f, decode.Options{})
	switch {
	case want == nil:
		if len(rows.DHCPs) != 0 || rows.Packets[0].Protocol != "udp" {
			t.Errorf("%d rows, protocol %s", len(rows.DHCPs), rows.Packets[0].Protocol)
		}
	case len(rows.DHCPs) != 1:
		t.Fatalf("%d rows of dhcp", len(rows.DHCPs))
	default:
		checkCells(t, schema.DHCPs, &rows.DHCPs[0], want)
	}
}

func TestDHCP(t *testing.T) {
	cases := []struct {
		name     string
		message  []byte
		captured int
		want     cells // nil: no row
	}{
		{"discover", bootp(1, "35 01 01 3d 07 01 000b8201fc42 32 04 0a000005 37 04 01 03 06 2a 0c 04 686f7374 3c 04 4d534654 ff"), 0, cells{
			"dhcp_version": "4", "transaction_id": "956560166", "message_type": "1", "message": "discover", "client_mac": "00:0b:82:01:fc:42",
			"client_id": "01000b8201fc42", "requested_ips": "10.0.0.5", "parameter_list": "1,3,6,42", "hostname": "host", "vendor_class": "MSFT",
			"client_ip": "", "assigned_ips": "", "next_server": "", "relay_ip": "", "server_id": "", "lease_time": "", "cut": "false", "malformed": "",
			"src_ip": "10.0.0.1", "src_port": "68", "frame_no": "1",
		}},
		{"ack", bootp(2, "35 01 05 36 04 0a000001 33 04 ffffffff 03 08 0a000001 0a000002 06 04 08080808 0f 05 6c6f63616c ff", put(12, "0a000006 0a000005 0a000001 0a0000fe")), 0, cells{
			"message": "ack", "server_id": "10.0.0.1", "lease_time": "4294967295", "routers": "10.0.0.1,10.0.0.2", "dns_servers": "8.8.8.8", "domain": "local",
			"client_ip": "10.0.0.6", "assigned_ips": "10.0.0.5", "next_server": "10.0.0.1", "relay_ip": "10.0.0.254",
		}},
		{"BOOTP", bootp(1, ""), 0, cells{"message_type": "", "message": "", "client_mac": "00:0b:82:01:fc:42", "malformed": ""}},
		{"name with zeros behind, padding", bootp(1, "00 00 0c 03 610000 ff 0c 01 62"), 0, cells{"hostname": "a"}},
		{"the first of two", bootp(1, "0c 01 61 0c 01 62 ff"), 0, cells{"hostname": "a"}},
		{"not UTF-8", bootp(1, "0c 02 61ff ff"), 0, cells{"hostname": "a\ufffd"}},
		{"FQDN, text", bootp(1, "51 06 00 00 00 612e62 ff"), 0, cells{"fqdn": "a.b"}},
		{"FQDN, labels", bootp(1, "51 08 04 00 00 01 61 01 62 00 ff"), 0, cells{"fqdn": "a.b"}},
		{"FQDN, labels without the root", bootp(1, "51 05 05 00 00 01 61 ff"), 0, cells{"fqdn": "a"}},
		{"FQDN beyond the option", bootp(1, "51 05 04 00 00 05 61 ff"), 0, cells{"fqdn": "", "malformed": "dhcp-option"}},
		{"options in the names' fields", bootp(1, "34 01 03 ff", put(108, "0c 01 66 ff"), put(44, "35 01 03 ff")), 0, cells{"hostname": "f", "message": "request"}},
		{"another kind of hardware", bootp(1, "35 01 01 ff", put(1, "06 08")), 0, cells{"client_mac": "", "message": "discover"}},
		{"a type without a name", bootp(1, "35 01 63 ff"), 0, cells{"message_type": "99", "message": ""}},
		{"option beyond the message", bootp(1, "35 01 01 0c 09 61"), 0, cells{"message": "discover", "malformed": "dhcp-option"}},
		{"no end", bootp(1, "35 01 01"), 0, cells{"message": "discover", "malformed": ""}},
		{"address of three bytes", bootp(1, "32 03 0a0000 ff"), 0, cells{"requested_ips": "", "malformed": "dhcp-option"}},
		{"snapped in the options", bootp(1, "35 01 01 0c 04 686f7374 ff"), 246, cells{"message": "discover", "hostname": "", "cut": "true", "malformed": ""}},
		{"snapped in the fixed fields", bootp(1, "35 01 01 ff"), 44, cells{"message": "", "client_mac": "00:0b:82:01:fc:42", "cut": "true"}},
		{"long list", bootp(1, strings.Repeat("06 fc "+strings.Repeat("ffffffff", 63), 2)+"ff"), 0, cells{"dns_servers": strings.Repeat("255.255.255.255,", 62) + "255.255.255.255", "cut": "false"}},
		{"another operation", bootp(3, "35 01 01 ff"), 0, nil},
		{"hardware address too long", bootp(1, "35 01 01 ff", put(2, "11")), 0, nil},
		{"short", bootp(1, "")[:235], 0, nil},
		{"snapped before the hardware address", bootp(1, ""), 30, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { checkDHCP(t, 68, 67, c.message, c.captured, c.want) })
	}
}

func TestDHCPv6(t *testing.T) {
	const (
		llt     = "0001 000e 0001 0001 12345678 020000000001 "
		address = "20010db8000000000000000000000005"
	)
	ia := func(options string) string {
		return fmt.Sprintf("0003 %04x 00000001 00000000 00000000 %s ", 12+len(octets(options)), options)
	}
	lease := ia("0005 0018" + address + "00000e10 00001c20")
	inner := "02 000102" + llt + lease
	relay := fmt.Sprintf("0d 00 20010db8000000000000000000000001 fe800000000000000000000000000001 0009 %04x %s", len(octets(inner)), inner)
	cases := []struct {
		name    string
		message string
		want    cells
	}{
		{"solicit", "01 aabbcc" + llt + "0006 0004 0017 0018 0027 0004 00 01 61 00" + ia("") + "0010 0009 00000137 0003 4d5346", cells{
			"dhcp_version": "6", "transaction_id": "11189196", "message_type": "1", "message": "solicit", "client_id": "0001000112345678020000000001",
			"client_mac": "02:00:00:00:00:01", "parameter_list": "23,24", "fqdn": "a", "vendor_class": "MSF", "assigned_ips": "", "requested_ips": "", "malformed": "",
		}},
		{"request", "03 000001" + llt + "0002 000a 0003 0001 020000000002" + lease, cells{"requested_ips": "2001:db8::5", "assigned_ips": "", "server_id": "00030001020000000002", "lease_time": "7200"}},
		{"reply", "07 000001" + lease + "0019 0029 00000001 00000000 00000000 001a 0019 00000001 00000002 38 20010db8000100000000000000000000 0017 0010" + address + "0018 0007 01 61 03 6c616e 00", cells{
			"message": "reply", "assigned_ips": "2001:db8::5,2001:db8:1::/56", "requested_ips": "", "lease_time": "7200", "dns_servers": "2001:db8::5", "domain": "a.lan", "client_mac": "",
		}},
		{"through a relay", relay, cells{"message": "advertise", "transaction_id": "258", "relay_ip": "2001:db8::1", "assigned_ips": "2001:db8::5"}},
		{"a relay's own option", "0c 00 20010db8000000000000000000000001 fe800000000000000000000000000001 004f 0008 0001 020000000009", cells{"message": "relay-forw", "client_mac": "02:00:00:00:00:09", "malformed": ""}},
		{"option beyond the message", "01 000001 0001 00ff 00", cells{"message": "solicit", "malformed": "dhcp-option"}},
		{"short address", "07 000001" + ia("0005 0002 0000"), cells{"assigned_ips": "", "malformed": "dhcp-option"}},
		{"type that is not assigned", "ff 000001", nil},
		{"short", "01 00", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { checkDHCP(t, 546, 547, octets(c.message), 0, c.want) })
	}
}
