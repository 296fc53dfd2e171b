package capture

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// picked is what a Picker has to give again.
type picked struct {
	Frame    Frame
	Comments []Comment
}

// TestPickCollection picks the first frame of every capture, then every third, then the last, and compares them with what Reader gave.
func TestPickCollection(t *testing.T) {
	captures, frames := 0, 0
	for _, c := range shared.Captures(t) {
		stored, err := os.ReadFile(c.Path)
		if err != nil {
			t.Fatal(err)
		}
		all, interfaces := framesOf(stored)
		if len(all) == 0 {
			continue
		}
		p, err := NewPicker(bytes.NewReader(stored), int64(len(stored)), interfaces, nil)
		if err != nil {
			t.Fatalf("%s: %v", c.Rel, err)
		}
		for i := 0; i < len(all); i++ {
			if i%3 != 0 && i != len(all)-1 {
				continue
			}
			f, comments, err := p.Pick(t.Context(), all[i].Frame.Offset)
			if err != nil {
				t.Fatalf("%s: frame %d: %v", c.Rel, i+1, err)
			}
			got, want := picked{*f, comments}, all[i]
			if got.Frame.No = want.Frame.No; p.r.info.Format == "erf" {
				got.Frame.InterfaceID = want.Frame.InterfaceID
			}
			if len(got.Comments) == 0 && len(want.Comments) == 0 {
				got.Comments, want.Comments = nil, nil
			}
			for j := range want.Comments {
				want.Comments[j].InterfaceID, got.Comments[j].InterfaceID = 0, 0
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: frame %d (-want +got):\n%s", c.Rel, i+1, diff)
			}
			frames++
		}
		captures++
	}
	t.Logf("%d frames picked out of %d captures", frames, captures)
	if captures < 1500 {
		t.Errorf("only %d captures", captures)
	}
}

// framesOf reads all frames with the comments on them; nil for what is no capture.
func framesOf(stored []byte) (all []picked, interfaces int) {
	r, err := NewReader(bytes.NewReader(stored))
	if err != nil {
		return nil, 0
	}
	for r.Scan() {
		one := picked{Frame: *r.Frame()}
		one.Frame.Data = bytes.Clone(one.Frame.Data)
		for _, c := range r.Comments() {
			if c.Scope == ScopeFrame {
				one.Comments = append(one.Comments, c)
			}
		}
		all = append(all, one)
	}
	return all, len(r.Info().Interfaces)
}

// TestPickReadsLittle: of a plain capture, the head and the frames.
func TestPickReadsLittle(t *testing.T) {
	var file bytes.Buffer
	w := NewWriter(&file, "test")
	if _, err := w.AddInterface(Interface{LinkType: 1}, -1); err != nil {
		t.Fatal(err)
	}
	const frames, size = 20_000, 1000
	data := make([]byte, size)
	for i := range frames {
		data[0], data[1] = byte(i>>8), byte(i)
		if err := w.WriteFrame(&Frame{TS: int64(i), HasTS: true, WireLen: size, Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	all, _ := framesOf(file.Bytes())
	counted := &countingReaderAt{in: bytes.NewReader(file.Bytes())}
	p, err := NewPicker(counted, int64(file.Len()), 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, no := range []int{10_000, 0, 9_999, 19_999} {
		f, _, err := p.Pick(t.Context(), all[no].Frame.Offset)
		if err != nil {
			t.Fatal(err)
		}
		if int(f.Data[0])<<8|int(f.Data[1]) != no {
			t.Errorf("frame %d is another", no)
		}
	}
	if most := int64(windowSize + 4*2*pickBytes + 64<<10); counted.n > most {
		t.Errorf("%d bytes read of %d, more than %d", counted.n, file.Len(), most)
	}
}

type countingReaderAt struct {
	in io.ReaderAt
	n  int64
}

func (c *countingReaderAt) ReadAt(b []byte, at int64) (int, error) {
	n, err := c.in.ReadAt(b, at)
	c.n += int64(n)
	return n, err
}
