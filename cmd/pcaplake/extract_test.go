package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// condition is one that Wireshark's display filter and SQL say alike.
type condition struct {
	display, sql string
	several      string // display filter of the frames that are left out on both sides, as those in tunnels are: they have several headers of a kind; "": all count
}

// Frames with several headers of a kind: behind tunnels, quoted by ICMP errors, inside messages of applications such as OpenFlow. A display filter holds of any of them,
// where columns are of the innermost packet of a tunnel, and of the packet itself where it only quotes others or carries them as data.
const (
	severalMACs = "count(eth.dst) > 1"
	severalIPs  = "count(ip.version) > 1 || count(ipv6.version) > 1 || ip && ipv6 || count(tcp.srcport) > 1 || count(udp.srcport) > 1"
)

var conditions = []condition{
	{"frame.len > 500", "wire_len > 500", ""},
	{"frame.cap_len < 100", "cap_len < 100", ""},
	{"frame.number >= 3 && frame.number <= 12", "frame_no BETWEEN 3 AND 12", ""},
	{"eth.dst == ff:ff:ff:ff:ff:ff", "dst_mac = 'ff:ff:ff:ff:ff:ff' AND starts_with(protocols, 'eth')", severalMACs},
	{"eth.src[0] & 2", "CAST('0x' || src_mac[1:2] AS INTEGER) & 2 <> 0 AND starts_with(protocols, 'eth')", severalMACs},
	{"ip.ttl < 64", "ip_version = 4 AND ip_ttl < 64", severalIPs},
	{"ipv6.hlim == 255", "ip_version = 6 AND ip_ttl = 255", severalIPs},
	{"ip.src == 10.0.0.0/8", "ip_in('10.0.0.0/8', src_ip) AND ip_version = 4", severalIPs},
	{"ip.flags.df == 1", "ip_version = 4 AND ip_flags & 2 <> 0", severalIPs},
	{"tcp.flags.syn == 1 && tcp.flags.ack == 0", "tcp_flags & 18 = 2", severalIPs},
	{"tcp.flags.reset == 1", "tcp_flags & 4 <> 0", severalIPs},
	{"tcp.dstport == 443 && tcp.len > 0", "ip_proto = 6 AND dst_port = 443 AND payload_len > 0 AND tcp_hdr_len IS NOT NULL", severalIPs},
	{"tcp.window_size_value == 0", "tcp_window = 0", severalIPs},
	{"udp.srcport == 53", "ip_proto = 17 AND src_port = 53 AND udp_len IS NOT NULL", severalIPs},
	{"icmp.type == 8", "ip_proto = 1 AND icmp_type = 8", severalIPs},
}

// record is what must be alike of a frame in two captures.
type record struct {
	ts, wire int64
	ns, link int32
	data     string
	comments string
}

func recordsOf(t *testing.T, path string) []record {
	t.Helper()
	r, err := capture.Open(path)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	defer r.Close()
	var all []record
	for r.Scan() {
		f := r.Frame()
		var comments []string
		for _, c := range r.Comments() {
			if c.Scope == capture.ScopeFrame {
				text, _, _ := strings.Cut(c.Text, "\x00") // where Wireshark ends it; pcapng has no such end
				comments = append(comments, text)
			}
		}
		if !f.HasTS { // none, or one beyond what a row can say: both are written as 1970
			f.TS, f.TSExtraNS = 0, 0
		}
		all = append(all, record{f.TS, f.WireLen, f.TSExtraNS, f.LinkType, string(f.Data), strings.Join(comments, "\n")})
	}
	return all
}

// TestExtractAsTshark: what extract takes out of captures of the collection by a condition is what tshark writes by the display filter that says the same, byte for byte, with
// times, link types and comments. Each capture has some of the conditions, in turn: without -all a few captures are asked.
func TestExtractAsTshark(t *testing.T) {
	tshark := shared.Tool(t, "tshark")
	least := int64(50) // frames
	if *wholeCollection {
		least = 1
	}
	paths := sampled(t, 12, least)
	const each = 2      // conditions of a capture
	const together = 50 // captures of a lake
	compared, frames := 0, 0
	for first := 0; first < len(paths); first += together {
		group := paths[first:min(first+together, len(paths))]
		lake := filepath.Join(t.TempDir(), "lake")
		x := twice{lake: lake, tshark: tshark, ids: ingested(t, lake, group), apart: framesWith(t, lake, apart), mistimed: framesWith(t, lake, "ts_suspect AND ts IS NOT NULL")}
		for i, path := range group {
			for j := range each {
				c := conditions[((first+i)*each+j)%len(conditions)]
				got, want, ok := x.both(t, path, c)
				if !ok {
					continue
				}
				compared, frames = compared+1, frames+len(want)
				if at := differs(got, want); at >= 0 {
					t.Errorf("%s: %s: %d frames, tshark writes %d; the first that differs is number %d of them: %.500s", path, c.display, len(got), len(want), at+1, difference(got, want, at))
				}
			}
		}
	}
	shared.Report(t, "%d extractions of %d captures as tshark writes them, %d frames", compared, len(paths), frames)
	if compared < len(paths) || frames < 10*len(paths) {
		t.Errorf("only %d extractions with %d frames", compared, frames)
	}
}

// ingested returns the capture ids of captures that are brought into a lake.
func ingested(t *testing.T, lake string, paths []string) map[string]string {
	t.Helper()
	pcaplake(t, "--lake", lake, "ingest", linked(t, paths))
	ids := map[string]string{}
	for line := range strings.Lines(pcaplake(t, "--lake", lake, "query", "-f", "ndjson", "SELECT source, capture_id FROM captures")) {
		var row struct {
			Source    string `json:"source"`
			CaptureID string `json:"capture_id"`
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if i, err := strconv.Atoi(filepath.Base(row.Source)); err == nil {
			ids[paths[i]] = row.CaptureID
		}
	}
	return ids
}

// apart holds of frames that are left out where a display filter asks for headers: in tunnels; malformed, of which Wireshark shows no fields behind the fault; fragments, whose
// transport header it shows on the frame that completes the datagram.
const apart = "tunnel IS NOT NULL OR malformed IS NOT NULL OR ip_frag_offset > 0 OR ip_flags & 1 <> 0"

// framesWith are the frames of captures that meet a condition, by capture id.
func framesWith(t *testing.T, lake, condition string) map[string][]string {
	t.Helper()
	frames := map[string][]string{}
	for line := range strings.Lines(pcaplake(t, "--lake", lake, "query", "-f", "csv", "SELECT capture_id, frame_no FROM packets WHERE "+condition)) {
		id, frame, _ := strings.Cut(strings.TrimSpace(line), ",")
		frames[id] = append(frames[id], frame)
	}
	return frames
}

// twice takes frames out of captures in our way and in tshark's.
type twice struct {
	lake, tshark string
	ids          map[string]string   // of captures, by their paths
	apart        map[string][]string // frames, by capture id
	mistimed     map[string][]string // those with a fraction of a second or more for its fraction, which we carry over and Wireshark writes as it is
}

// both are the frames of a capture that meet a condition; false where tshark cannot say.
func (x *twice) both(t *testing.T, path string, c condition) (got, want []record, ok bool) {
	t.Helper()
	dir, id := t.TempDir(), x.ids[path]
	ours, theirs := filepath.Join(dir, "ours"), filepath.Join(dir, "theirs")
	if id == "" {
		return nil, nil, false
	}
	sql := "capture_id = '" + id + "' AND (" + c.sql + ")"
	left := x.mistimed[id]
	if c.several != "" {
		out, err := exec.Command(x.tshark, "-n", "-r", path, "-Y", c.several, "-T", "fields", "-e", "frame.number").Output()
		if err != nil {
			return nil, nil, false
		}
		left = slices.Concat(left, strings.Fields(string(out)), x.apart[id])
	}
	if len(left) > 0 {
		sql += " AND frame_no NOT IN (" + strings.Join(left, ", ") + ")"
		c.display = "(" + c.display + ") && !(frame.number in {" + strings.Join(left, ", ") + "})"
	}
	if len(c.display) > 100_000 || exec.Command(x.tshark, "-n", "-r", path, "-Y", c.display, "-w", theirs).Run() != nil {
		return nil, nil, false
	}
	pcaplake(t, "--lake", x.lake, "extract", "--order", "capture", "--where", sql, "-w", ours)
	return recordsOf(t, ours), recordsOf(t, theirs), true
}

// difference says in what two lists differ at a place.
func difference(got, want []record, at int) string {
	switch {
	case at >= len(got):
		return fmt.Sprintf("tshark alone has %+v", want[at])
	case at >= len(want):
		return fmt.Sprintf("tshark has not %+v", got[at])
	}
	return fmt.Sprintf("%.200q, of tshark %.200q", fmt.Sprint(got[at]), fmt.Sprint(want[at]))
}

// differs is the place of the first record that is not alike; -1: there is none.
func differs(a, b []record) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

// TestExtractedIngests: what was extracted, in pcapng and by time or by capture, gives the rows that it was chosen by when it is ingested again, but for what depends on other
// frames or on the place in the capture. Frames without a time are left out: beyond the first interface pcapng has no block for them.
func TestExtractedIngests(t *testing.T) {
	dir := t.TempDir()
	lake := filepath.Join(dir, "lake")
	ingested(t, lake, sampled(t, 12, 50))
	const rows = "SELECT ts, ts_extra_ns, link_type, pkt_dir, cap_len, wire_len, src_mac, dst_mac, ether_type, vlan_id, mpls_label, tunnel, outer_src_ip, ip_version, ip_len, ip_id, ip_flags, ip_ttl, " +
		"ip_proto, ip_chksum_ok, src_ip, dst_ip, tcp_seq, tcp_ack, tcp_flags, tcp_mss, udp_len, icmp_type, payload_len, padding_len, malformed FROM packets WHERE %s ORDER BY ALL"
	extracted := 0
	for i, c := range conditions {
		if strings.Contains(c.sql, "frame_no") { // which is another in another capture
			continue
		}
		out, again := filepath.Join(dir, fmt.Sprint(i, ".pcapng")), filepath.Join(dir, fmt.Sprint(i))
		c.sql = "ts IS NOT NULL AND " + c.sql
		pcaplake(t, "--lake", lake, "extract", "--order", []string{"time", "capture"}[i%2], "--where", c.sql, "-w", out)
		pcaplake(t, "--lake", again, "ingest", out)
		want, got := pcaplake(t, "--lake", lake, "query", fmt.Sprintf(rows, c.sql)), pcaplake(t, "--lake", again, "query", fmt.Sprintf(rows, "true"))
		if got != want {
			a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
			at := slices.IndexFunc(a, func(line string) bool { return !slices.Contains(b, line) })
			t.Errorf("%s: %d rows, extracted were %d; the first that is another: %d %q", c.sql, len(a), len(b), at, a[max(at, 0)])
		}
		extracted += strings.Count(want, "\n") - 1
	}
	shared.Report(t, "%d rows as before", extracted)
	if extracted < 1000 {
		t.Errorf("only %d rows", extracted)
	}
}
