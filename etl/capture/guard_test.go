package capture

import (
	"errors"
	"io"
	"strings"
	"testing"
)

type panicking struct{ after int }

func (p *panicking) Read(b []byte) (int, error) {
	if p.after--; p.after < 0 {
		panic("index out of range")
	}
	b[0] = 'x'
	return 1, nil
}

// TestGuard: a decoder that panics has given what it read before, and then an error.
func TestGuard(t *testing.T) {
	in, err := guard(func(*packed) (io.ReadCloser, error) { return io.NopCloser(&panicking{after: 3}), nil }, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(in)
	if string(got) != "xxx" || err == nil || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("read %q, %v", got, err)
	}
	if _, err := guard(func(*packed) (io.ReadCloser, error) { panic("no header") }, nil); err == nil || !strings.Contains(err.Error(), "no header") {
		t.Errorf("open: %v", err)
	}
	refused := errors.New("refused")
	if in, err := guard(func(*packed) (io.ReadCloser, error) { return nil, refused }, nil); in != nil || !errors.Is(err, refused) {
		t.Errorf("open: %v, %v", in, err)
	}
}
