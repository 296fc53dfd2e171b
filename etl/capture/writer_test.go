package capture_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// written makes a capture of random frames on three interfaces.
func written(t *testing.T, seed uint64) (data []byte, frames []capture.Frame) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 9))
	var out bytes.Buffer
	w := capture.NewWriter(&out, "test")
	links := []int32{1, 101, 113}
	for i, link := range links {
		id, err := w.AddInterface(capture.Interface{Name: strings.Repeat("eth", i+1), Description: "d", Filter: "ip", OS: "Linux", LinkType: link, SnapLen: 65535}, -1)
		if err != nil || id != i {
			t.Fatalf("interface %d, %v", id, err)
		}
	}
	for n := range 50 {
		f := capture.Frame{
			No: int64(n + 1), TS: r.Int64N(1 << 50), TSExtraNS: r.Int32N(1000), HasTS: true, InterfaceID: r.Int32N(3), FCSLen: -1,
			Dir: capture.Direction(r.IntN(3)), Data: make([]byte, r.IntN(100)),
		}
		for i := range f.Data {
			f.Data[i] = byte(r.Uint32())
		}
		f.WireLen, f.LinkType = int64(len(f.Data)+r.IntN(2000)), links[f.InterfaceID]
		if err := w.WriteFrame(&f); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, f)
	}
	if err := w.WriteStatistics(1, time.Unix(1e9, 5), 60, 7); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), frames
}

// TestWriterRoundTrip: what was written is read.
func TestWriterRoundTrip(t *testing.T) {
	for seed := range uint64(20) {
		data, want := written(t, seed)
		r, err := capture.NewReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		var got []capture.Frame
		for r.Scan() {
			f := *r.Frame()
			f.Data, f.Offset = bytes.Clone(f.Data), 0
			if len(f.Data) == 0 {
				f.Data = []byte{}
			}
			got = append(got, f)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal("(-written +read):\n", diff)
		}
		info := r.Info()
		if len(info.Damage) > 0 || info.Dropped == nil || *info.Dropped != 7 || info.Interfaces[1].Name != "etheth" || info.Interfaces[2].Filter != "ip" {
			t.Errorf("info %+v", info)
		}
	}
}

// TestWriterIsReadByOthers: capinfos reads what was written without a complaint and finds as much in it.
func TestWriterIsReadByOthers(t *testing.T) {
	capinfos := shared.Tool(t, "capinfos")
	data, frames := written(t, 3)
	path := filepath.Join(t.TempDir(), "x.pcapng")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(capinfos, "-c", "-I", "-M", path).CombinedOutput()
	if err != nil {
		t.Fatalf("capinfos: %v: %s", err, out)
	}
	for _, want := range []string{"Number of packets:   50", "Number of interfaces in file: 3"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("capinfos does not say %q of %d frames:\n%s", want, len(frames), out)
		}
	}
}
