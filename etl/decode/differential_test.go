package decode_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

var wholeCollection = flag.Bool("all", false, "compare with tshark on the whole collection, not on a sample (six minutes)")

// difference is one cell in which decode and tshark do not agree.
type difference struct {
	file   string
	frame  int64
	column string
	ours   string
	theirs string
	row    *schema.Packet
	fields theirs
}

func (d *difference) String() string {
	return fmt.Sprintf("%s frame %d: %s is %q, tshark says %q (%s; %s)", d.file, d.frame, d.column, d.ours, d.theirs,
		d.row.Protocols, d.fields["frame.protocols"])
}

// TestDifferential compares every column that tshark knows, row by row, with what tshark makes of the same frames. A difference is a
// defect unless it belongs to one of the classes; a class that no longer occurs must go.
func TestDifferential(t *testing.T) {
	program, files := shared.Tool(t, "tshark"), differentialFiles(t)
	var mu sync.Mutex
	var total comparison
	seen := map[string]int{}
	t.Run("files", func(t *testing.T) {
		for _, c := range files {
			t.Run(c.Rel, func(t *testing.T) {
				t.Parallel()
				seenHere, err := compare(program, c)
				if err != nil {
					t.Error(err)
				}
				found := map[string]int{}
				for _, d := range seenHere.differences {
					name := classify(d)
					if name == "" {
						t.Error(d)
					}
					found[name]++
					if i := slices.IndexFunc(classes, func(k class) bool { return k.name == name }); i >= 0 && classes[i].file == d.file && classes[i].frame == d.frame {
						found["example of "+name]++
					}
				}
				mu.Lock()
				defer mu.Unlock()
				total.packets += seenHere.packets
				total.fields += seenHere.fields
				for name, n := range found {
					seen[name] += n
				}
			})
		}
	})
	differences := 0
	for _, k := range classes {
		differences += seen[k.name]
		shared.Report(t, "%7d fields: %s", seen[k.name], k.name)
		if seen["example of "+k.name] == 0 {
			t.Errorf("class %q does not occur in its example, %s frame %d", k.name, k.file, k.frame)
		}
	}
	shared.Report(t, "%d captures, %d packets, %d fields compared, %d differ (%.3f %%), all in %d classes", len(files), total.packets, total.fields,
		differences, 100*float64(differences)/float64(max(1, total.fields)), len(classes))
}

// comparison is what the comparison of a capture came to.
type comparison struct {
	packets, fields int
	differences     []*difference
}

// compare has a capture decoded here and there.
func compare(program string, c shared.Capture) (out comparison, err error) {
	r, err := capture.Open(c.Path)
	if err != nil {
		return out, err
	}
	defer r.Close()
	known := columns()
	fields := []string{"frame.number", "frame.encap_type", "frame.protocols"}
	for _, c := range known {
		for _, f := range c.fields {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	decoder, rows := decode.New(decode.Options{CaptureID: "c", Sensor: "s"}), new(decode.Rows)
	v, notFrames := make(theirs, len(fields)), 0
	err = dissect(program, c.Path, fields, func(values []string) error {
		if len(values) != len(fields) {
			return fmt.Errorf("read tshark's fields: %d of %d", len(values), len(fields))
		}
		for i, f := range fields {
			v[f] = values[i]
		}
		if v["frame.encap_type"] == "" { // pcapng custom blocks, which tshark numbers too
			notFrames++
			return nil
		}
		n, err := strconv.Atoi(v["frame.number"])
		if err != nil || !r.Scan() {
			return err
		}
		v["frame.number"] = strconv.Itoa(n - notFrames)
		v[fullChain] = strings.Join(v.chain(), ":")
		rows.Reset()
		decoder.Decode(r.Frame(), rows)
		out.packets++
		out.row(c.Rel, known, rows, v)
		return nil
	})
	return out, err
}

// row compares one frame.
func (to *comparison) row(file string, known []column, rows *decode.Rows, v theirs) {
	o := ours{packet: &rows.Packets[0]}
	if len(rows.ARPs) > 0 {
		o.arp = &rows.ARPs[0]
	}
	if len(rows.DNSs) > 0 {
		o.dns = &rows.DNSs[0]
	}
	parts := v.views()
	for _, c := range known {
		mine, other := c.ours(&o), c.theirs(parts[c.view])
		if other == unknown {
			continue
		}
		to.fields++
		if mine != other {
			row := *o.packet
			to.differences = append(to.differences, &difference{file, row.FrameNo, c.name, mine, other, &row, maps.Clone(v)})
		}
	}
}

// differentialFiles are the captures of GOLDEN.md, one at least of every link type, the examples of the classes, and every eighth of the
// rest; all when told, and under CI=true.
func differentialFiles(t *testing.T) []shared.Capture {
	t.Helper()
	var out []shared.Capture
	links := map[string]bool{}
	everything := *wholeCollection || os.Getenv("CI") == "true"
	for i, c := range shared.Captures(t) {
		example := slices.ContainsFunc(classes, func(k class) bool { return k.file == c.Rel })
		golden := slices.ContainsFunc(goldenFiles, func(name string) bool { return strings.HasPrefix(c.Rel, name) })
		if c.Capinfos > 0 && (everything || example || golden || !links[c.LinkTypes] || i%8 == 0) {
			if r, err := capture.Open(c.Path); err == nil { // else refused, which is the concern of etl/capture
				r.Close()
				links[c.LinkTypes] = true
				out = append(out, c)
			}
		}
	}
	return out
}

// goldenFiles are the captures, and the beginnings of names of captures, that GOLDEN.md gives figures of.
var goldenFiles = []string{
	"secdevopsai+Packet-Analytics/suspicious.pcap",
	"seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/example.pcap", "seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/sll",
	"seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/raw_ip.pcap", "seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/many_interfaces-1.pcapng",
	"seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/pcapng-example.pcapng", "seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/file_heuristics/",
	"seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/null_loopback.pcap", "seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/nanosecs_big_endian.pcap",
	"apache+drill/contrib/format-pcapng/src/test/resources/", "hadrielk+pcapng-test-generator/output_le/", "hadrielk+pcapng-test-generator/output_be/",
	"brimdata+brimcap/cmd/brimcap/ztests/", "the-tcpdump-group+tcpdump/tests/timestamp_invalid", "the-tcpdump-group+tcpdump/tests/tcp-handshake-nano.pcap",
	"RIPE-NCC+hadoop-pcap/", "SIDN+entrada2/", "esnet-security+curated-pcaps/tcp/control/two_way_all_flags.pcap",
}
