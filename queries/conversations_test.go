package queries

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// decoded are the packets of a capture, copies marked; none of one that cannot be read.
func decoded(t testing.TB, path string) []schema.Packet {
	t.Helper()
	r, err := capture.Open(path)
	if err != nil {
		return nil
	}
	defer r.Close()
	var rows decode.Rows
	d := decode.New(decode.Options{CaptureID: "c", Sensor: "default"})
	for r.Scan() {
		d.Decode(r.Frame(), &rows)
	}
	var dups flow.Duplicates
	dups.Reset()
	dups.Mark(rows.Packets)
	return rows.Packets
}

// cutLake writes flows of captures that were cut, each piece tracked by itself.
type cutLake struct {
	t testing.TB
	Dataset
	dir    string
	active int64 // timeout of flows, microseconds; 0: the default
}

// add writes the flows of one capture, cut before the given packets; its name is its sensor.
func (l *cutLake) add(name string, packets []schema.Packet, cuts []int) {
	l.t.Helper()
	for i := range len(cuts) + 1 {
		from, to := 0, len(packets)
		if i > 0 {
			from = cuts[i-1]
		}
		if i < len(cuts) {
			to = cuts[i]
		}
		id := fmt.Sprintf("%x-%d", uint32(i*2654435761), len(l.Captures)) // the names are in no order
		piece := slices.Clone(packets[from:to])
		rows := l.track(piece, id, name)
		c := schema.Capture{CaptureID: id, Source: fmt.Sprintf("%06d.pcap", i), Sensor: name, Status: "ok"}
		for j := range piece {
			if ts := piece[j].TS; ts != schema.NoTime && (c.FirstTS == nil || ts < *c.FirstTS) {
				c.FirstTS = &ts
			}
		}
		l.Captures = append(l.Captures, c)
		if len(rows) > 0 {
			l.Files = append(l.Files, writeFlows(l.t, l.dir, id, rows))
		}
	}
}

// session opens the lake, with its files in another order.
func (l *cutLake) session() *Session {
	rand.Shuffle(len(l.Files), func(i, j int) { l.Files[i], l.Files[j] = l.Files[j], l.Files[i] })
	return openSession(l.t, l.Dataset)
}

func (l *cutLake) track(packets []schema.Packet, id, sensor string) []schema.Flow {
	tracker := flow.Tracker{Active: l.active}
	var rows []schema.Flow
	take := func() {
		for _, f := range tracker.Ended(nil) {
			f.CaptureID, f.Sensor = id, sensor
			rows = append(rows, f)
		}
	}
	for i := range packets {
		packets[i].FrameNo = int64(i + 1)
		tracker.Track(&packets[i])
		take()
	}
	for tracker.Close() {
		take()
	}
	return rows
}

func writeFlows(t testing.TB, dir, name string, rows []schema.Flow) schema.File {
	t.Helper()
	return writeFile(t, filepath.Join(dir, name+".parquet"), rows[0].Sensor, schema.Flows, rows)
}

// inexact are the columns of conversations that a cut may change: those that name captures and flows, those that do not merge, and those of ICMP
// errors, which count where the flow that they quote is open.
var inexact = []string{
	"capture_id", "flow_id", "history", "open_at_start", "open_at_end", "end_reason", "flows", "captures", "members",
	"icmp_errors", "icmp_error_type", "icmp_error_code", "fwd_retransmitted_packets", "rev_retransmitted_packets", "fwd_out_of_order", "rev_out_of_order",
}

// conversationRows are all conversations as text, in order, with the names of their columns.
func conversationRows(t testing.TB, s *Session) (names []string, rows [][]string) {
	t.Helper()
	table := collect(t, s, "SELECT * EXCLUDE ("+strings.Join(inexact, ", ")+") FROM conversations")
	for _, c := range table.Columns {
		names = append(names, c.Name)
	}
	for _, row := range table.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = fmt.Sprint(v)
			if x, ok := v.(float64); ok {
				cells[i] = fmt.Sprintf("%.9g", math.Round(x*1e6)/1e6)
			}
		}
		rows = append(rows, cells)
	}
	slices.SortFunc(rows, slices.Compare)
	return names, rows
}

// compareConversations reports in which columns two lists of conversations differ.
func compareConversations(t testing.TB, names []string, want, got [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d conversations, want %d", len(got), len(want))
	}
	reported := 0
	for i := 0; i < min(len(got), len(want)) && reported < 5; i++ {
		if slices.Equal(got[i], want[i]) {
			continue
		}
		reported++
		var differ []string
		for j := range names {
			if got[i][j] != want[i][j] {
				differ = append(differ, fmt.Sprintf("%s %s, want %s", names[j], got[i][j], want[i][j]))
			}
		}
		t.Errorf("%v differs: %s", want[i][:13], strings.Join(differ, "; "))
	}
}

// inOrder sorts cuts and leaves out those before which a packet is of a later time than one behind: nothing tells which piece comes first.
func inOrder(packets []schema.Packet, cuts []int) []int {
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	least := make([]int64, len(packets)+1) // time from here on
	least[len(packets)] = math.MaxInt64
	for i := len(packets) - 1; i >= 0; i-- {
		if least[i] = least[i+1]; packets[i].TS != schema.NoTime {
			least[i] = min(least[i], packets[i].TS)
		}
	}
	return slices.DeleteFunc(cuts, func(cut int) bool {
		return slices.ContainsFunc(packets[:cut], func(p schema.Packet) bool { return p.TS > least[cut] })
	})
}

// uncuttable are captures of damaged packets that a tracker takes for others when it saw what was before, with the cause.
var uncuttable = map[string]string{
	"gopacket+gopacket/layers/testdata/linux_sll_oversized_addr.pcapng": "a packet with SYN, RST and FIN has an initial sequence number, and begins no connection",
	"ITI+ICS-Security-Tools/pcaps/bro/modbus/fuzz-72.pcap":              "acknowledgements far beyond the window: which of them count depends on those before",
}

// TestCuts holds that captures cut anywhere, and by the active timeout, give the conversations that a tracker finds in the whole ones that has no
// active timeout.
func TestCuts(t *testing.T) {
	t.Run("testdata", func(t *testing.T) {
		paths, err := filepath.Glob("../testdata/*.pcap*")
		if err != nil || len(paths) == 0 {
			t.Fatalf("no captures in testdata: %v", err)
		}
		compareCuts(t, paths)
	})
	t.Run("shared", func(t *testing.T) {
		var paths []string
		for _, c := range shared.Captures(t) {
			if c.Reader >= 10 && c.Reader <= 2_000 && uncuttable[c.Rel] == "" {
				paths = append(paths, c.Path)
			}
		}
		compareCuts(t, paths)
	})
}

func compareCuts(t *testing.T, paths []string) {
	random := rand.New(rand.NewPCG(5, 5))
	captures, pieces, conversations := 0, 0, 0
	for batch := range slices.Chunk(paths, 100) {
		whole, cut := &cutLake{t: t, dir: t.TempDir(), active: math.MaxInt64}, &cutLake{t: t, dir: t.TempDir()}
		for _, path := range batch {
			packets := decoded(t, path)
			if len(packets) < 2 || slices.ContainsFunc(packets, func(p schema.Packet) bool { return p.TS == schema.NoTime }) {
				continue // captures without times are in no order
			}
			var cuts []int
			for range 1 + random.IntN(8) {
				cuts = append(cuts, 1+random.IntN(len(packets)-1))
			}
			cuts = inOrder(packets, cuts)
			whole.add(path, packets, nil)
			cut.add(path, packets, cuts)
			captures, pieces = captures+1, pieces+len(cuts)+1
		}
		names, want := conversationRows(t, whole.session())
		_, got := conversationRows(t, cut.session())
		compareConversations(t, names, want, got)
		conversations += len(want)
	}
	if conversations == 0 {
		t.Error("nothing was compared")
	}
	shared.Report(t, "%d captures cut into %d: %d conversations compared", captures, pieces, conversations)
}
