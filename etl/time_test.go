package etl

import (
	"encoding/binary"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A pcapng made by a test: little-endian blocks of draft-ietf-opsawg-pcapng.
type pcapng []byte

func (b *pcapng) block(typ uint32, body []byte) (offset int) {
	offset = len(*b)
	body = append(body, make([]byte, -len(body)&3)...)
	*b = binary.LittleEndian.AppendUint32(*b, typ)
	*b = binary.LittleEndian.AppendUint32(*b, uint32(12+len(body)))
	*b = append(*b, body...)
	*b = binary.LittleEndian.AppendUint32(*b, uint32(12+len(body)))
	return offset
}

// section begins a section without a length.
func (b *pcapng) section() {
	b.block(0x0a0d0d0a, []byte{0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
}

// nic describes an Ethernet interface with if_tsresol and if_tsoffset (seconds).
func (b *pcapng) nic(resolution byte, offset int64) {
	body := []byte{1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, resolution, 0, 0, 0, 14, 0, 8, 0}
	body = binary.LittleEndian.AppendUint64(body, uint64(offset))
	b.block(1, append(body, 0, 0, 0, 0))
}

// packet adds a frame of an interface at so many ticks.
func (b *pcapng) packet(nic uint32, ticks uint64, frame []byte) (offset int) {
	body := binary.LittleEndian.AppendUint32(nil, nic)
	body = binary.LittleEndian.AppendUint32(body, uint32(ticks>>32))
	body = binary.LittleEndian.AppendUint32(body, uint32(ticks))
	body = binary.LittleEndian.AppendUint32(body, uint32(len(frame)))
	body = binary.LittleEndian.AppendUint32(body, uint32(len(frame)))
	return b.block(6, append(body, frame...))
}

// simple adds a frame without a time.
func (b *pcapng) simple(frame []byte) (offset int) {
	return b.block(3, append(binary.LittleEndian.AppendUint32(nil, uint32(len(frame))), frame...))
}

// TestTimes holds what becomes of a time stamp on its way into the lake: ts and ts_extra_ns (floor), the mark, the date of its rows.
func TestTimes(t *testing.T) {
	tests := []struct {
		name       string
		resolution byte
		offset     int64
		ticks      uint64
		want       string // ts, ts_extra_ns, ts_suspect, date
		cut        int64
	}{
		{"nanoseconds", 9, 0, 1_700_000_000_123_456_789, "2023-11-14T22:13:20.123456 789 false 2023-11-14", 0},
		{"microseconds", 6, 0, 1_700_000_000_123_456, "2023-11-14T22:13:20.123456 0 false 2023-11-14", 0},
		{"zero", 9, 0, 0, "1970-01-01T00:00:00.000000 0 false 1970-01-01", 0},
		{"a nanosecond before 1970", 9, -1, 999_999_999, "1969-12-31T23:59:59.999999 999 false 1969-12-31", 0},
		{"a nanosecond and a microsecond before 1970", 9, -1, 999_998_999, "1969-12-31T23:59:59.999998 999 false 1969-12-31", 0},
		{"finer than a nanosecond", 12, 0, 1_000_000_001_999, "1970-01-01T00:00:01.000000 1 false 1970-01-01", 1},
		{"a binary fraction", 0x80 | 32, 0, 1<<32 | 1<<31, "1970-01-01T00:00:01.500000 0 false 1970-01-01", 0},
		{"the last day with a date", 0, 0, 253_402_300_799, "9999-12-31T23:59:59.000000 0 false 9999-12-31", 0},
		{"the first day without", 0, 0, 253_402_300_800, "10000-01-01T00:00:00.000000 0 true ", 0},
		{"the first day with a date", 0, -62_135_596_800, 0, "0001-01-01T00:00:00.000000 0 false 0001-01-01", 0},
		{"beyond what TIMESTAMP holds", 0, 0, 1 << 50, "  true ", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b pcapng
			b.section()
			b.nic(test.resolution, test.offset)
			b.packet(0, test.ticks, whoHas(host.Addr(), web.Addr()))
			root := ingested(t, b)
			date := state(t, root).Files("packets")[0].Date
			got := strings.Join([]string{timeText(t, root), only(t, root, "ts_extra_ns"), only(t, root, "ts_suspect"), date}, " ")
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if m := state(t, root).Manifests()[0]; m.CutNS != test.cut {
				t.Errorf("%d times cut, want %d", m.CutNS, test.cut)
			}
		})
	}
}

// ingested is a new lake of one capture.
func ingested(t *testing.T, content []byte) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "lake")
	ingest(t, Options{Lake: root, Sources: []string{files(t, map[string][]byte{"a.pcapng": content})}})
	return root
}

func only(t *testing.T, root, name string) string {
	t.Helper()
	values := column(t, root, "packets", name)
	if len(values) != 1 {
		t.Fatalf("%s: %d rows", name, len(values))
	}
	return values[0]
}

// timeText is ts of the only row, to the microsecond, from the microseconds of its file's statistics: texts of Arrow leave zeros out.
func timeText(t *testing.T, root string) string {
	t.Helper()
	f := state(t, root).Files("packets")[0]
	if only(t, root, "ts") == "" {
		return ""
	}
	return time.UnixMicro(f.MinTS).UTC().Format("2006-01-02T15:04:05.000000")
}

// TestPlaces holds frame_no, frame_offset and interface_id over two sections, whose interfaces are numbered anew, and the frame without a
// time; packed or not, offsets are those of the content.
func TestPlaces(t *testing.T) {
	var b pcapng
	var offsets []string
	frame := whoHas(host.Addr(), web.Addr())
	note := func(offset int) { offsets = append(offsets, strconv.Itoa(offset)) }
	b.section()
	b.nic(6, 0)
	b.nic(9, 0)
	note(b.packet(1, 2_000_000_000, frame)) // 2 s
	note(b.packet(0, 1_000_000, frame))     // 1 s: out of order
	note(b.simple(frame))                   // of interface 0
	b.section()
	b.nic(6, 0)
	note(b.packet(0, 1_000_000, frame)) // the same time is in order
	note(b.packet(0, 999_999, frame))   // out of order
	for _, content := range [][]byte{b, gzipped(t, b)} {
		root := ingested(t, content)
		untimed := map[string]bool{}
		for _, f := range state(t, root).Files("packets") {
			untimed[f.Date] = f.Rows == 1
		}
		if len(untimed) != 2 || !untimed[""] {
			t.Errorf("dates: %v, want one row in the default partition", untimed)
		}
		got := map[string][]string{}
		numbers := column(t, root, "packets", "frame_no")
		for _, name := range []string{"frame_offset", "interface_id", "ts_suspect"} {
			got[name] = make([]string, len(numbers))
			for i, value := range column(t, root, "packets", name) {
				n, _ := strconv.Atoi(numbers[i])
				got[name][n-1] = value
			}
		}
		want := map[string][]string{
			"frame_offset": offsets, "interface_id": {"1", "0", "0", "2", "2"}, "ts_suspect": {"false", "false", "true", "false", "false"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if m := state(t, root).Manifests()[0]; m.OutOfOrder != 2 || *m.FirstTS != 999_999 || *m.LastTS != 2_000_000 {
			t.Errorf("%d out of order, times %d to %d", m.OutOfOrder, *m.FirstTS, *m.LastTS)
		}
	}
}
