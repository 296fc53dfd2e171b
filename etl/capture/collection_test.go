package capture_test

import (
	"bufio"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// perFile bounds the time for one capture of the collection: a hang, not a slow machine, passes it.
const perFile = 30 * time.Second

// reasons are why formats of the manifest are refused; all others are read.
var reasons = map[string]string{
	"unknown:0a0a0a00": "a pcapng file that was copied as text: its magic is gone",
	"unknown:0a0a0a1c": "a pcapng file that was copied as text: its magic is gone",
	"unknown:0a0a0aef": "a pcapng file that was copied as text: its magic is gone",
	"unknown:efbfbdc3": "a pcap file that was copied as text: its magic is gone",
	"pcap-us-le-v1.4":  "a major version that nobody has defined",
}

func refused(format string) bool { return reasons[format] != "" }

// readAll reads a capture to its end and returns the number of frames delivered.
func readAll(t *testing.T, path string) (frames int64, info capture.Info, err error) {
	t.Helper()
	r, err := capture.Open(path)
	if err != nil {
		return 0, info, err
	}
	defer r.Close()
	began := time.Now()
	for r.Scan() {
		frames++
		if frames&0xfff == 0 && time.Since(began) > perFile {
			t.Fatalf("%s: still reading after %v", path, perFile)
		}
	}
	return frames, r.Info(), r.Err()
}

// TestCollection reads every capture of the collection. Those of our formats give as many frames as capinfos counts; damaged ones at
// least as many as tcpdump or capinfos deliver before they stop; all others are refused with an error.
func TestCollection(t *testing.T) {
	damaged := damagedCaptures(t)
	for _, c := range shared.Captures(t) {
		frames, info, err := readAll(t, c.Path)
		if refused(c.Format) {
			if err == nil {
				t.Errorf("%s (%s) was read, not refused", c.Rel, c.Format)
			}
			continue
		}
		if err != nil {
			if c.Capinfos > 0 {
				t.Errorf("%s (%s): %v; capinfos counts %d", c.Rel, c.Format, err, c.Capinfos)
			}
			continue
		}
		var lost int64
		for _, n := range info.Rejected {
			lost += n
		}
		if info.Frames != frames+lost {
			t.Errorf("%s: ledger: %d frames, %d delivered, %d rejected", c.Rel, info.Frames, frames, lost)
		}
		if least, ok := damaged[c.Rel]; ok {
			if strings.HasPrefix(c.Format, "xz:") { // neither program unpacks it
				least = c.Reader
			}
			if frames < least {
				t.Errorf("%s (%s): %d frames, others deliver %d: %v", c.Rel, c.Format, frames, least, info.Damage)
			}
			continue
		}
		if c.Capinfos >= 0 && frames != c.Capinfos {
			t.Errorf("%s (%s): %d frames, capinfos counts %d: %v", c.Rel, c.Format, frames, c.Capinfos, info.Damage)
		}
	}
}

// damagedCaptures maps the captures of CORRUPT.tsv to the most that capinfos or tcpdump deliver of them.
func damagedCaptures(t *testing.T) map[string]int64 {
	t.Helper()
	f, err := os.Open(filepath.Join(shared.Dir(t), "captures", "CORRUPT.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := make(map[string]int64)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		c := strings.Split(lines.Text(), "\t")
		if len(c) < 7 || c[0] == "file" {
			continue
		}
		var least int64
		for _, field := range []string{c[4], c[5], c[6]} {
			if n, err := strconv.ParseInt(field, 10, 64); err == nil {
				least = max(least, n)
			}
		}
		out[c[0]] = least
	}
	return out
}

func TestRefusals(t *testing.T) {
	cases := []struct {
		name, content string
		want          error // by errors.Is, or
		says          string
	}{
		{"empty", "", capture.ErrEmpty, ""},
		{"text", "hello, world: this is no capture at all", capture.ErrNotCapture, ""},
		{"pcap header cut", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00", capture.ErrNotCapture, ""},
		{"pcapng header cut", "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00", capture.ErrNotCapture, ""},
		{"pcapng without magic", "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00" + strings.Repeat("x", 20), capture.ErrNotCapture, ""},
		{"version 1.4", "\xd4\xc3\xb2\xa1\x01\x00\x04\x00" + strings.Repeat("\x00", 16), nil, "pcap version 1.4"},
		{"version 3.0", "\xa1\xb2\xc3\xd4\x00\x03\x00\x00" + strings.Repeat("\x00", 16), nil, "pcap version 3.0"},
		{"snoop header cut", "snoop\x00\x00\x00\x00\x00\x00\x02", capture.ErrNotCapture, ""},
		{"snoop 4", "snoop\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x04", nil, "snoop version 4"},
		{"snoop of token bus", "snoop\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x01", nil, "datalink type 1"},
		{"zeros", strings.Repeat("\x00", 4096), capture.ErrNotCapture, ""},
		{"gzip cut", "\x1f\x8b\x08", capture.ErrNotCapture, ""},
		{"xz cut", "\xfd7zXZ\x00", capture.ErrNotCapture, ""},
		{"bzip2 cut", "BZh91AY", capture.ErrNotCapture, ""},
		{"lz4 cut", "\x04\x22\x4d\x18", capture.ErrEmpty, ""},
		{"zstd cut", "\x28\xb5\x2f\xfd", capture.ErrNotCapture, ""},
		{"skippable frame alone", "\x50\x2a\x4d\x18\x01\x00\x00\x00x", capture.ErrNotCapture, ""},
		{"skippable frame cut", "\x5f\x2a\x4d\x18\xff\xff\xff\xffx", capture.ErrNotCapture, ""},
		{"zip", "PK\x03\x04", nil, "zip"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := capture.NewReader(strings.NewReader(c.content))
			var unsupported *capture.UnsupportedError
			switch {
			case err == nil:
				t.Fatal("no error")
			case c.want != nil && !errors.Is(err, c.want):
				t.Errorf("error %q, want %q", err, c.want)
			case c.says != "" && (!errors.As(err, &unsupported) || !strings.Contains(err.Error(), c.says)):
				t.Errorf("error %q does not name %q", err, c.says)
			}
		})
	}
}
