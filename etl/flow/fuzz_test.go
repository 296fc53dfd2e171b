package flow_test

import (
	"slices"
	"testing"
)

// FuzzFragments sends any fragments of a few datagrams: no panic, no row of dns twice, and none that was not there.
func FuzzFragments(f *testing.F) {
	f.Add([]byte{0, 0, 10, 0, 1, 10, 10, 1, 2, 20, 7, 2})
	f.Add([]byte{1, 20, 7, 2, 1, 0, 10, 8, 1, 5, 9, 0, 1, 0, 10, 4, 1, 0, 10, 16})
	f.Add([]byte{3, 255, 255, 2, 3, 0, 1, 64, 3, 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBench()
		messages := 0
		for now := int64(0); len(data) >= 4; data = data[4:] {
			flags := data[3]
			now += int64(flags>>5) * 8 * second
			p := piece{
				at: now, id: int64(data[0] % 4), offset: int(data[1]) * 8, n: int(data[2]) * 8,
				last: flags&2 != 0, snapped: flags&4 != 0 && data[2] > 0, otherBytes: flags&8 != 0, message: flags&16 != 0,
			}
			if flags&1 != 0 {
				p.offset += 65_000 / 8 * 8
			}
			if p.message && p.offset == 0 {
				messages++
			}
			b.add(p)
		}
		b.Flush()
		for _, m := range b.Late(nil) {
			b.late = append(b.late, m.FrameNo)
		}
		slices.Sort(b.late)
		if n := len(slices.Compact(b.late)); n != len(b.late) || n > messages {
			t.Errorf("rows of dns of frames %d, of %d", b.late, messages)
		}
		for frame, row := range b.rows {
			if row.FrameNo != frame {
				t.Errorf("frame %d became %d", frame, row.FrameNo)
			}
		}
	})
}
