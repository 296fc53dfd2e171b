package queries

import (
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// TestCaptureFilterWords: what filters become, and what is refused.
func TestCaptureFilterWords(t *testing.T) {
	cases := []struct{ filter, want string }{
		{"", "true"},
		{"tcp", "(ip_proto = 6)"},
		{"not arp", "((ether_type = 2054)) IS NOT TRUE"},
		{"src port 53", "src_port BETWEEN 53 AND 53"},
		{"tcp dst portrange 80-90", "(ip_proto = 6 AND dst_port BETWEEN 80 AND 90)"},
		{"src host 192.0.2.1", "(src_ip = '192.0.2.1' OR outer_src_ip = '192.0.2.1')"},
		{"src net 10", "(ip_in('10.0.0.0/8', src_ip) OR ip_in('10.0.0.0/8', outer_src_ip))"},
		{"dst net 192.0.2.0 mask 255.255.255.128", "(ip_in('192.0.2.0/25', dst_ip) OR ip_in('192.0.2.0/25', outer_dst_ip))"},
		{"tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn", "(ip_proto = 6 AND ((tcp_flags & 255) & 18) = 2)"},
		{"ether src 02-00-00-00-00-01", "src_mac = '02:00:00:00:00:01'"},
		{"vlan 7 && greater 100", "((vlan_id = 7 OR inner_vlan_id = 7) AND wire_len >= 100)"},
		{"ip6 proto 17", "(ip_version = 6 AND ip_proto = 17)"},
		{"icmp[icmptype] = icmp-echo", "(ip_proto = 1 AND ip_version = 4 AND icmp_type = 8)"},
	}
	for _, c := range cases {
		if got, err := CaptureFilter(c.filter); err != nil || got != c.want {
			t.Errorf("%q: %s, %v; want %s", c.filter, got, err, c.want)
		}
	}
	for _, filter := range []string{
		"host example.com", "port http", "tcp[20]", "tcp[20] = 1", "(tcp", "tcp)", "and", "host", "net 300.0.0.0/8", "len <", "ip proto nonsense", "'; DROP TABLE packets --",
		"host 192.0.2.1' OR '1'='1",
	} {
		if got, err := CaptureFilter(filter); !errors.Is(err, ErrCaptureFilter) {
			t.Errorf("%q is taken: %s, %v", filter, got, err)
		}
	}
}

// TestCaptureFilterByTcpdump counts the frames that filters let through with tcpdump, on captures without tunnels and fragments, of which the two
// understand each other's addresses and ports differently on purpose.
func TestCaptureFilterByTcpdump(t *testing.T) {
	tcpdump := shared.Tool(t, "tcpdump")
	filters := []string{
		"tcp", "udp port 53", "tcp port 80 or 443", "src net 192.168.0.0/16", "not ip and not ip6", "arp", "icmp or icmp6", "ip6", "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
		"tcp[13] = 2", "icmp[icmptype] = icmp-echo", "less 100", "len > 500 and udp", "portrange 1-1023", "src portrange 1024-65535 and dst port 80", "ether broadcast", "ip[8] < 64",
		"host 10.0.0.1 or net 172.16.0.0/12 or dst net 224.0.0.0/4", "ip multicast", "ip proto 6 and not (src port 80 or dst port 80)", "udp and src port 67 and dst port 68",
		"ether proto 0x0806 or ether proto 0x86dd",
	}
	captures, compared := 0, 0
	for i, c := range shared.Captures(t) {
		if i%25 != 0 || c.LinkTypes != "1" || c.Capinfos <= 0 || c.Capinfos > 3000 || !strings.HasPrefix(c.Format, "pcap-us") {
			continue
		}
		s := captureLake(t, c.Path)
		if one(t, s, "SELECT count(*) FROM packets WHERE tunnel IS NOT NULL OR ip_frag_offset > 0 OR malformed IS NOT NULL OR vlan_id IS NOT NULL OR mpls_label IS NOT NULL OR ether_type = 34916") != 0 {
			continue
		}
		captures++
		for _, filter := range filters {
			out, err := exec.Command(tcpdump, "-n", "-q", "-t", "-r", c.Path, "--count", filter).Output()
			if err != nil {
				t.Fatalf("tcpdump %q on %s: %v", filter, c.Rel, err)
			}
			sql, err := CaptureFilter(filter)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Fields(string(out))[0]
			if got := one(t, s, "SELECT count(*) FROM packets WHERE "+sql); strconv.FormatInt(got, 10) != want {
				t.Errorf("%s: %q: %d frames, tcpdump has %s", c.Rel, filter, got, want)
			}
			compared++
		}
	}
	shared.Report(t, "%d filters on %d captures as tcpdump has them", compared, captures)
	if captures < 10 {
		t.Errorf("only %d captures", captures)
	}
}

func one(t *testing.T, s *Session, sql string) int64 {
	t.Helper()
	r, err := s.Query(context.Background(), sql, nil)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	table, err := Collect(r, 0)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return table.Rows[0][0].(int64)
}
