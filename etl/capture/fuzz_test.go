package capture_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/pcaplake/pcaplake/etl/capture"
)

// seeds are the captures of testdata that are small, packed ones as they are and unpacked, for each fuzz test whose format they have.
func seeds(f *testing.F, format string) {
	f.Helper()
	paths, err := filepath.Glob("../../testdata/*.pcap*")
	if err != nil {
		f.Fatal(err)
	}
	more, err := filepath.Glob(formatsDir + "/*")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range append(paths, more...) {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		r, err := capture.NewReader(bytes.NewReader(b))
		if err != nil {
			continue
		}
		if info := r.Info(); len(b) < 4096 && (format == "" || format == info.Format && info.Compression == "") {
			f.Add(b)
		}
		r.Close()
	}
}

// checkReader reads data as a capture and holds what must hold for all bytes: no panic, no bytes that are not in the file, no miscount, and
// comments within their bounds.
func checkReader(t *testing.T, data []byte) {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(data))
	if err != nil {
		return
	}
	defer r.Close()
	var frames, size, comments int64
	for more := true; more; {
		if more = r.Scan(); more {
			frames++
			size += int64(len(r.Frame().Data))
		}
		comments += int64(len(r.Comments()))
		for _, c := range r.Comments() {
			if !utf8.ValidString(c.Text) || int(c.InterfaceID) >= 1<<16 {
				t.Errorf("comment %+v", c)
			}
		}
	}
	info := r.Info()
	for _, n := range info.Rejected {
		frames += n
	}
	if frames != info.Frames || size > info.Bytes || info.PrefixEnd > info.Bytes || comments > info.Comments {
		t.Errorf("%d frames of %d bytes, %d comments; info %+v", frames, size, comments, info)
	}
}

func fuzzFormat(f *testing.F, format string) {
	f.Helper()
	seeds(f, format)
	f.Fuzz(checkReader)
}

func FuzzReader(f *testing.F) { fuzzFormat(f, "") }
func FuzzPcap(f *testing.F)   { fuzzFormat(f, "pcap") }
func FuzzPcapng(f *testing.F) { fuzzFormat(f, "pcapng") }
func FuzzSnoop(f *testing.F)  { fuzzFormat(f, "snoop") }
func FuzzERF(f *testing.F)    { fuzzFormat(f, "erf") }

// FuzzDecompress: no bytes make a decoder panic or hang.
func FuzzDecompress(f *testing.F) {
	seeds(f, "")
	f.Fuzz(func(t *testing.T, data []byte) {
		content, name, err := capture.Decompress(bytes.NewReader(data))
		if err != nil {
			return
		}
		n, err := io.Copy(io.Discard, io.LimitReader(content, 8<<20))
		if name == "" && (err != nil || n != int64(len(data))) {
			t.Errorf("%d plain bytes of %d, %v", n, len(data), err)
		}
		if err := content.Close(); err != nil {
			t.Error(err)
		}
	})
}
