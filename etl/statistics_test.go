package etl

import (
	"bytes"
	"math"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// nfstream prints flows of NFStream: protocol, both ends, and of each direction the packets and the statistics.
const nfstream = `
import sys
from nfstream import NFStreamer
names = "packets min_ps max_ps mean_ps stddev_ps min_piat_ms max_piat_ms mean_piat_ms stddev_piat_ms".split()
if __name__ == "__main__":
    for f in NFStreamer(source=sys.argv[1], statistical_analysis=True, n_dissections=0, accounting_mode=0, idle_timeout=120, active_timeout=1800, n_meters=1):
        print(f.protocol, f.src_ip, f.src_port, f.dst_ip, f.dst_port, *[getattr(f, d + n) for d in ("src2dst_", "dst2src_") for n in names])
`

// statistics are the columns of a direction that NFStream has too: how many times theirs they are, and how far they may be from it. NFStream rounds
// times down to milliseconds, so that each time between two packets is less than one of them off. Its deviations are those of a sample.
var statistics = []struct {
	column   string
	unit     float64
	slack    float64
	deviates bool
}{
	{"packets", 1, 0, false},
	{"len_min", 1, 0, false},
	{"len_max", 1, 0, false},
	{"len_mean", 1, 1e-6, false},
	{"len_std", 1, 1e-6, true},
	{"iat_min", 1000, 1000, false},
	{"iat_max", 1000, 1000, false},
	{"iat_mean", 1000, 1000, false},
	{"iat_std", 1000, 1000, true},
}

// statisticCaptures are whole frames of hosts that really talked to each other.
var statisticCaptures = []string{
	"seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/example.pcap",
	"the-tcpdump-group+tcpdump/tests/of13_ericsson.pcapng",
	"the-tcpdump-group+tcpdump/tests/dns_tcp.pcap",
	"the-tcpdump-group+tcpdump/tests/kday1.pcap",
	"the-tcpdump-group+tcpdump/tests/quic_handshake.pcap",
}

// TestStatistics compares least, greatest, mean and deviation of lengths and of times between packets with those of NFStream, over all flows of TCP and
// UDP whose ends have one flow in both.
func TestStatistics(t *testing.T) {
	python, flowsCompared, values, apart := shared.Python(t, "nfstream"), 0, 0, 0
	for _, c := range shared.Captures(t) {
		if !slices.Contains(statisticCaptures, c.Rel) && !strings.Contains(c.Rel, "+curated-pcaps/") {
			continue
		}
		out, err := exec.Command(python, "-c", nfstream, c.Path).Output()
		if err != nil {
			continue // libpcap does not read it
		}
		_, flows := flowsOf(t, c.Path)
		ours, theirs := map[way][]*schema.Flow{}, map[way]int{}
		for i := range flows {
			w := forwardOf(&flows[i])
			ours[w] = append(ours[w], &flows[i])
		}
		lines := [][]string{}
		for line := range bytes.Lines(out) {
			if cells := strings.Fields(string(line)); len(cells) == 5+2*len(statistics) && transports[cells[0]] != 0 {
				lines = append(lines, cells)
				theirs[wayOf(cells)]++
			}
		}
		for _, cells := range lines {
			w := wayOf(cells)
			if len(ours[w]) != 1 || theirs[w] != 1 || !samePackets(ours[w][0], cells) {
				apart++
				continue
			}
			flowsCompared++
			values += compareStatistics(t, c.Rel, ours[w][0], cells)
		}
	}
	if values == 0 {
		t.Error("nothing was compared")
	}
	shared.Report(t, "NFStream: %d flows, %d statistics are the same; %d flows begin or end elsewhere", flowsCompared, values, apart)
}

func wayOf(cells []string) way {
	return way{transports[cells[0]], endOf(cells[1], cells[2]), endOf(cells[3], cells[4])}
}

func forwardOf(f *schema.Flow) way {
	return wayOf([]string{strconv.Itoa(int(f.IPProto)), f.SrcIP.String(), strconv.Itoa(int(f.SrcPort)), f.DstIP.String(), strconv.Itoa(int(f.DstPort))})
}

func samePackets(f *schema.Flow, cells []string) bool {
	return f.Fwd.Packets == atoi(cells[5]) && f.Rev.Packets == atoi(cells[5+len(statistics)])
}

// compareStatistics returns how many were compared. NFStream has 0 for those of too few packets.
func compareStatistics(t *testing.T, rel string, f *schema.Flow, cells []string) (n int) {
	for side, prefix := range []string{"fwd_", "rev_"} {
		theirs := cells[5+side*len(statistics):]
		packets := float64(atoi(theirs[0]))
		for i, s := range statistics {
			text, ok := schema.Flows.Text(f, schema.Flows.Indexes(prefix + s.column)[0], nil)
			count := packets
			if strings.HasPrefix(s.column, "iat_") {
				count--
			}
			if !ok || count < 1 || s.deviates && count < 2 {
				continue
			}
			got, want := decimal(t, string(text)), s.unit*decimal(t, theirs[i])
			if s.deviates {
				want *= math.Sqrt((count - 1) / count)
			}
			if math.Abs(got-want) > s.slack+1e-9*want {
				t.Errorf("%s flow %d: %s%s is %v, NFStream %v", rel, f.FlowID, prefix, s.column, got, want)
			}
			n++
		}
	}
	return n
}

func decimal(t *testing.T, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}
