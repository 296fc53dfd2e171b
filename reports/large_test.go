package reports

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
)

// manyHosts is how many addresses the large lake has, besides the two that they ask.
const manyHosts = 100_000

// hostsCapture is a capture in which each of many hosts asks one of two servers once by UDP and gets an answer, over a day.
func hostsCapture(t *testing.T, hosts int) string {
	t.Helper()
	out := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	out = append(out, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 1, 0, 0, 0)
	start := evening.Unix()
	for i := range hosts {
		client := [4]byte{20, byte(i >> 16), byte(i >> 8), byte(i)}
		server := [4]byte{10, 0, 0, 1 + byte(i%2)}
		at := start + int64(i)*86_400/int64(hosts)
		for way, ends := range [][2][4]byte{{client, server}, {server, client}} {
			ports := [2]uint16{40_000 + uint16(i%20_000), 5_000}
			if way == 1 {
				ports[0], ports[1] = ports[1], ports[0]
			}
			frame := append(make([]byte, 12), 8, 0, 0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0)
			frame = append(append(frame, ends[0][:]...), ends[1][:]...)
			frame = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(frame, ports[0]), ports[1])
			frame = append(frame, 0, 12, 0, 0, 'p', 'i', 'n', 'g')
			out = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(out, uint32(at)), uint32(i%900_000+way*1_000))
			out = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(out, uint32(len(frame))), uint32(len(frame)))
			out = append(out, frame...)
		}
	}
	path := filepath.Join(t.TempDir(), "hosts.pcap")
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestManyHosts holds the page of a lake with 100,000 hosts to its bounds: bytes, rows of tables, bins of lines, and that the hosts are counted, not guessed.
func TestManyHosts(t *testing.T) {
	s := lakeOf(t, etl.Options{Sources: []string{hostsCapture(t, manyHosts)}, ToolVersion: "test"})
	began := time.Now()
	r := build(t, s, Options{Previous: build(t, session(t, queries.Dataset{}), Options{})})
	page := htmlIn(t, r, Look{Tables: "night-csv"})
	t.Logf("%d bytes, built in %v", len(page), time.Since(began).Round(time.Millisecond))
	if *pagesDir != "" {
		if err := os.WriteFile(filepath.Join(*pagesDir, "hosts.html"), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(page) > pageBudget {
		t.Errorf("the page has %d bytes, more than %d", len(page), pageBudget)
	}
	if r.Summary.Hosts != manyHosts+2 || !strings.Contains(page, "<b>100,002</b>") {
		t.Errorf("%d hosts are counted, and the page has to say 100,002", r.Summary.Hosts)
	}
	if n := len(r.block("hosts-new").Table.Rows); n != manyHosts+2 {
		t.Errorf("%d new hosts", n)
	}
	for _, table := range strings.Split(page, "<tbody>")[1:] {
		body, _, _ := strings.Cut(table, "</tbody>")
		if rows := strings.Count(body, "<tr"); rows > 500 {
			t.Errorf("a table has %d rows: %.200s", rows, body)
		}
	}
	if link := `<a href="night-csv/hosts-new.csv">hosts-new.csv</a>`; !strings.Contains(page, "99,802 more rows in "+link) {
		t.Errorf("what was cut is not said with %s", link)
	}
	m, err := newMaker(r, english)
	if err != nil {
		t.Fatal(err)
	}
	for b, p := range m.drawn {
		for _, one := range p.option["series"].([]any) {
			if data, ok := one.(object)["data"].([]any); ok && len(data) > maxBins {
				t.Errorf("%s has a line of %d points", b.Query, len(data))
			}
		}
	}
	if r.Cube.Bins > maxBins || len(r.Cube.Time) > maxCells {
		t.Errorf("the cube has %d bins and %d cells", r.Cube.Bins, len(r.Cube.Time))
	}
}

// TestLongLine holds that a line has no more points than may be, and that this is said.
func TestLongLine(t *testing.T) {
	d := drawLine(english, &Block{Chart: lineChart, Table: points(maxBins + 7)}, nil)
	if data := d.option["series"].([]any)[0].(object)["data"].([]any); len(data) != maxBins || !strings.Contains(d.cut, "2,000") {
		t.Errorf("%d points; said: %q", len(data), d.cut)
	}
}
