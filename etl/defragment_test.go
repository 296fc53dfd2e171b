package etl

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// fragmented are captures of the collection with datagrams in fragments.
var fragmented = []string{
	"seladb+PcapPlusPlus/Tests/ExamplesTest/pcap_examples/ip-frag.pcap", "the-tcpdump-group+tcpdump/tests/afs.pcap",
	"seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/ip4_fragments.pcap", "seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/ip6_fragments.pcap",
	"seladb+PcapPlusPlus/Tests/ExamplesTest/pcap_examples/frag_http_req.pcap", "seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/frag_with_padding.pcap",
	"seladb+PcapPlusPlus/Tests/ExamplesTest/pcap_examples/ipv6-frag.pcap", "seladb+PcapPlusPlus/Tests/Packet++Test/PacketExamples/IPv4Frag.pcap",
	"SIDN+entrada2/src/test/resources/pcap/sidnlabs-test-ip-1-dns-response-2-ip-fragments.pcap",
}

// TestDefragmentedByWireshark: all frames that tshark puts together carry the ports that it finds in the whole, and a DNS message in them is
// a row of dns at the frame that completes it.
func TestDefragmentedByWireshark(t *testing.T) {
	tshark := shared.Tool(t, "tshark")
	root := filepath.Join(shared.Dir(t), "captures")
	for _, name := range fragmented {
		t.Run(filepath.Base(name), func(t *testing.T) {
			out, err := exec.Command(tshark, "-n", "-r", filepath.Join(root, name), "-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE",
				"-Y", "ip.fragment || ipv6.fragment", "-T", "fields", "-E", "separator=;",
				"-e", "frame.number", "-e", "ip.fragment", "-e", "ipv6.fragment", "-e", "udp.srcport", "-e", "tcp.srcport", "-e", "dns.id").Output()
			if err != nil {
				t.Fatal(err)
			}
			lake := filepath.Join(t.TempDir(), "lake")
			ingest(t, Options{Lake: lake, Sources: []string{filepath.Join(root, name)}})
			ports := map[string]string{}
			numbers := column(t, lake, "packets", "frame_no")
			for i, port := range column(t, lake, "packets", "src_port") {
				ports[numbers[i]] = port
			}
			messages := map[string]bool{}
			for _, frame := range column(t, lake, "dns", "frame_no") {
				messages[frame] = true
			}
			datagrams := 0
			for line := range bytes.Lines(out) {
				v := strings.Split(strings.TrimSuffix(string(line), "\n"), ";")
				if strings.Contains(v[3], ",") || v[3]+v[4] == "" {
					continue // a tunnel, or no ports
				}
				datagrams++
				for frame := range strings.SplitSeq(v[1]+v[2], ",") {
					if ports[frame] != v[3]+v[4] {
						t.Errorf("frame %s, put together in %s: port %q, tshark %q", frame, v[0], ports[frame], v[3]+v[4])
					}
				}
				if _, err := strconv.ParseInt(v[5], 0, 32); (err == nil) != messages[v[0]] {
					t.Errorf("frame %s: a row of dns %v, tshark has id %q", v[0], messages[v[0]], v[5])
				}
			}
			if datagrams == 0 {
				t.Error("tshark puts nothing together")
			}
			t.Logf("%d datagrams", datagrams)
		})
	}
}
