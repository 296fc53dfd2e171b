package queries

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// cutting has editcap write captures, whole and in pieces, for lakes of both.
type cutting struct {
	t       testing.TB
	program string
	dir     string
	random  *rand.Rand
}

// write has editcap write a capture as pcapng, and returns the files in the order of their names, which is that of their packets; none of what it
// does not write. Each bears the name of the capture, since a lake takes no content twice.
func (c *cutting) write(path, name string, how ...string) []string {
	c.t.Helper()
	stem := filepath.Join(c.dir, name)
	args := slices.Concat([]string{"-F", "pcapng", "--capture-comment", path}, how, []string{path, stem + ".pcapng"})
	if err := exec.Command(c.program, args...).Run(); err != nil {
		return nil
	}
	found, err := filepath.Glob(stem + "*.pcapng")
	if err != nil {
		c.t.Fatal(err)
	}
	return found
}

// ingest takes files into a lake in two runs, in any order.
func (c *cutting) ingest(o etl.Options, sources []string) {
	c.t.Helper()
	sources = slices.Clone(sources)
	c.random.Shuffle(len(sources), func(i, j int) { sources[i], sources[j] = sources[j], sources[i] })
	for run := range slices.Chunk(sources, 1+len(sources)/2) {
		o.Sources = run
		if s, err := etl.Ingest(c.t.Context(), o); err != nil || s.Failed > 0 {
			c.t.Fatalf("ingest %v: %v, %+v", run, err, s.Errors)
		}
	}
}

// open reads a lake.
func (c *cutting) open(root string) *Session {
	c.t.Helper()
	l, err := lake.Open(c.t.Context(), root)
	if err != nil {
		c.t.Fatal(err)
	}
	state, err := l.Load(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return openSession(c.t, Dataset{Files: state.AllFiles(), Captures: state.Captures()})
}

// Everything is for the tests of the package and those outside it.
var Everything = flag.Bool("all", false, "cut every capture of the collection and ask every column of every table, not a fifth of them (ten minutes)")

// cuttable are captures whose packets are in the order of their times.
func cuttable(t testing.TB) []string {
	every := 5
	if *Everything {
		every = 1
	}
	var paths []string
	for i, c := range shared.Captures(t) {
		if i%every == 0 && c.Reader >= 10 && c.Reader <= 2_000 && uncuttable[c.Rel] == "" {
			paths = append(paths, c.Path)
		}
	}
	return paths
}

// howToCut are options of editcap that cut packets into a few pieces, by number or by time; nil when nothing tells the order of these.
func howToCut(packets []schema.Packet, n int) []string {
	byTime := func(a, b schema.Packet) int { return int(max(-1, min(1, a.TS-b.TS))) }
	if len(packets) < 2 || !slices.IsSortedFunc(packets, byTime) || packets[0].TS < 0 {
		return nil
	}
	if span := packets[len(packets)-1].TS - packets[0].TS; n%2 == 1 && span > 2_000_000 {
		return []string{"-i", strconv.FormatInt(1+span/1_000_000/int64(n), 10)}
	}
	return []string{"-c", strconv.Itoa(1 + len(packets)/n)}
}

// parted says what lies on both sides of a cut that only a capture which has both can put together; "": nothing.
func parted(packets []schema.Packet, pieces []string, t testing.TB) string {
	var piece []int // of each packet
	for i, path := range pieces {
		for range decoded(t, path) {
			piece = append(piece, i)
		}
	}
	if len(piece) != len(packets) {
		t.Fatalf("%d packets in the pieces of %d", len(piece), len(packets))
	}
	type datagram struct {
		src, dst netip.Addr
		id       int64
	}
	seen := map[datagram]int{}
	for i := range packets {
		p := &packets[i]
		if p.Has&schema.HasDup != 0 && piece[p.DupOfFrame-1] != piece[i] {
			return "a copy and what it is of"
		}
		if p.Has&schema.HasIPFrag != 0 && (p.IPFragOffset > 0 || p.IPFlags&1 != 0) {
			key := datagram{p.SrcIP, p.DstIP, int64(p.IPID)}
			if at, ok := seen[key]; ok && at != piece[i] {
				return "fragments of one datagram"
			}
			seen[key] = piece[i]
		}
	}
	return ""
}

// TestCutLakes holds that captures cut by editcap and taken in piece by piece, in any order and at any number of jobs, give the conversations of the
// whole ones.
func TestCutLakes(t *testing.T) {
	c := cutting{t: t, program: shared.Tool(t, "editcap"), random: rand.New(rand.NewPCG(5, 7))}
	captures, pieces, conversations, apart := 0, 0, 0, map[string]int{}
	for batch := range slices.Chunk(cuttable(t), 50) {
		c.dir = t.TempDir()
		whole, cut := filepath.Join(c.dir, "whole.lake"), [2]string{filepath.Join(c.dir, "1.lake"), filepath.Join(c.dir, "2.lake")}
		for i, path := range batch {
			packets := decoded(t, path)
			how := howToCut(packets, 2+c.random.IntN(6))
			if how == nil {
				continue
			}
			one, many := c.write(path, fmt.Sprintf("whole-%d", i)), c.write(path, fmt.Sprintf("cut-%d-", i), how...)
			if len(one) != 1 || len(many) == 0 {
				continue
			}
			if cause := parted(packets, many, t); cause != "" {
				apart[cause]++
				continue
			}
			captures, pieces = captures+1, pieces+len(many)
			sensor := fmt.Sprintf("capture-%d", captures)
			idle := time.Duration(captures%3) * 4 * time.Second // 0 is the default
			c.ingest(etl.Options{Lake: whole, Sensor: sensor, Jobs: 1, FlowIdle: idle, FlowActive: 366 * 24 * time.Hour}, one)
			for jobs, root := range cut {
				c.ingest(etl.Options{Lake: root, Sensor: sensor, Jobs: 1 + jobs, FlowIdle: idle}, many)
			}
		}
		names, want := conversationRows(t, c.open(whole))
		one, two := c.open(cut[0]), c.open(cut[1])
		_, got := conversationRows(t, one)
		compareConversations(t, names, want, got)
		conversations += len(want)
		const all = "SELECT * FROM conversations ORDER BY capture_id, flow_id"
		if got, want := collect(t, two, all).Rows, collect(t, one, all).Rows; !reflect.DeepEqual(got, want) {
			t.Errorf("%d conversations depend on the order of ingestion or on the jobs", len(want))
		}
	}
	if conversations == 0 {
		t.Error("nothing was compared")
	}
	shared.Report(t, "%d captures cut by editcap into %d, taken in at 1 and at 2 jobs, with three idle timeouts: %d conversations compared", captures, pieces, conversations)
	for _, cause := range slices.Sorted(maps.Keys(apart)) {
		shared.Report(t, "%7d captures are left out, where the cut parts %s", apart[cause], cause)
	}
}
