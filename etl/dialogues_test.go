package etl

import (
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// dialogueClass names the kind of a difference; "" is a defect.
func dialogueClass(m *schema.DNS, theirs string, known map[int64]*schema.DNS) string {
	switch q := known[m.QueryFrameNo]; {
	case q == nil && theirs != "":
		if other := known[number(theirs)]; other == nil || other.Malformed != "" || m.Malformed != "" {
			return "a query that cannot be read is nobody's"
		} else if !bytes.EqualFold(other.QName, m.QName) || other.QType != m.QType {
			return "a response to another question has no query"
		}
		return ""
	case q != nil && theirs == "" && q.DstIP.IsMulticast():
		return "responses to a query to all name it"
	case q != nil && theirs == "" && m.Cut:
		return "a response of which only the beginning was captured names its query too"
	case q != nil && theirs == "" && answeredBefore(m, known):
		return "tshark names no query of a response that is sent again"
	case q != nil && theirs != strconv.FormatInt(q.FrameNo, 10) && sameQuestion(q, known[number(theirs)]):
		return "of a query that is sent again the first one counts for 30 seconds, with tshark for 5"
	}
	return ""
}

func answeredBefore(m *schema.DNS, known map[int64]*schema.DNS) bool {
	for _, other := range known {
		if other.Response && other.QueryFrameNo == m.QueryFrameNo && other.FrameNo < m.FrameNo {
			return true
		}
	}
	return false
}

func sameQuestion(a, b *schema.DNS) bool {
	return b != nil && a.ID == b.ID && a.SrcPort == b.SrcPort && a.QType == b.QType && bytes.EqualFold(a.QName, b.QName) && a.FrameNo < b.FrameNo
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// TestDialoguesByWireshark: responses name the queries that tshark names, and the same time between.
func TestDialoguesByWireshark(t *testing.T) {
	tshark := shared.Tool(t, "tshark")
	captures, responses, paired, differ := 0, 0, 0, 0
	seen := map[string]int{}
	for _, c := range shared.Captures(t) {
		rows, known := pairedDNS(c.Path)
		if len(rows) == 0 || strings.HasPrefix(c.Format, "pcapng") {
			continue // custom blocks move tshark's numbers
		}
		out, err := exec.Command(tshark, "-n", "-r", c.Path, "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-Y", "udp && dns.flags.response == 1 && !icmp && !icmpv6",
			"-T", "fields", "-e", "frame.number", "-e", "dns.response_to", "-e", "dns.time", "-e", "dns.id").Output()
		if err != nil && len(out) == 0 {
			continue
		}
		captures++
		for line := range strings.Lines(string(out)) {
			v := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			frame, _ := strconv.ParseInt(v[0], 10, 64)
			m := known[frame]
			if m == nil || !m.Response || strings.Contains(v[3], ",") {
				continue // no DNS, or more than one message
			}
			responses++
			ours, latency := "", ""
			if m.QueryFrameNo != 0 {
				ours = strconv.FormatInt(m.QueryFrameNo, 10)
				paired++
			}
			if m.HasLatency {
				latency = fmt.Sprintf("%d.%09d", m.LatencyNS/1e9, m.LatencyNS%1e9)
			}
			if ours == v[1] && (latency == v[2] || strings.HasPrefix(v[2], "-") && latency == "") {
				continue
			}
			differ++
			name := dialogueClass(m, v[1], known)
			if seen[name]++; name == "" {
				t.Errorf("%s frame %d: query %q after %s, tshark says %q after %s", c.Rel, frame, ours, latency, v[1], v[2])
			}
		}
	}
	for name, n := range seen {
		shared.Report(t, "%7d responses: %s", n, name)
	}
	shared.Report(t, "dns: %d captures, %d responses, %d with their query, %d differ from tshark, all in classes", captures, responses, paired, differ)
}

// pairedDNS are the messages over UDP of a capture, paired, also by frame.
func pairedDNS(path string) ([]schema.DNS, map[int64]*schema.DNS) {
	r, err := capture.Open(path)
	if err != nil {
		return nil, nil
	}
	defer r.Close()
	d, rows, known := decode.New(decode.Options{}), new(decode.Rows), map[int64]*schema.DNS{}
	for r.Scan() {
		rows.Packets = rows.Packets[:0]
		d.Decode(r.Frame(), rows)
	}
	new(flow.Dialogues).Pair(rows.DNSs)
	for i := range rows.DNSs {
		known[rows.DNSs[i].FrameNo] = &rows.DNSs[i]
	}
	return rows.DNSs, known
}
