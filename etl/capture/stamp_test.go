package capture

import (
	"bytes"
	"testing"
)

func TestClock(t *testing.T) {
	cases := []struct {
		name       string
		resolution byte
		offset     int64
		ticks      uint64
		ts         int64
		extra      int32
		has, cut   bool
	}{
		{"microseconds", 6, 0, 1_532_199_330_917_674, 1_532_199_330_917_674, 0, true, false},
		{"nanoseconds", 9, 0, 1_500_000_000_123_456_789, 1_500_000_000_123_456, 789, true, false},
		{"seconds", 0, 0, 1_500_000_000, 1_500_000_000_000_000, 0, true, false},
		{"picoseconds are cut", 12, 0, 1_000_000_000_001, 1_000_000, 0, true, true},
		{"10^-19", 19, 0, 15_000_000_000_000_000_000, 1_500_000, 0, true, false},
		{"10^-20", 20, 0, 15_000_000_000_000_000_000, 150_000, 0, true, false},
		{"10^-40 is nothing", 40, 0, 15, 0, 0, true, true},
		{"2^-10", 0x80 | 10, 0, 1024 + 512, 1_500_000, 0, true, false},
		{"2^-32, NTP's", 0x80 | 32, 0, 1<<32 | 1<<31, 1_500_000, 0, true, false},
		{"2^-64", 0x80 | 64, 0, 1 << 63, 500_000, 0, true, false},
		{"2^-65", 0x80 | 65, 0, 1 << 63, 250_000, 0, true, false},
		{"2^-127", 0x80 | 127, 0, 1 << 63, 0, 0, true, true},
		{"offset", 6, 3600, 5, 3_600_000_005, 0, true, false},
		{"before 1970", 9, -2, 1_999_999_999, -1, 999, true, false},
		{"beyond DuckDB", 0, 0, 1 << 50, 0, 0, false, false},
		{"beyond 64 bits", 0, 1 << 62, 1 << 63, 0, 0, false, false},
		{"far before DuckDB", 0, -1 << 62, 0, 0, 0, false, false},
	}
	for _, c := range cases {
		var f Frame
		cut := newClock(c.resolution, c.offset).set(&f, c.ticks)
		if f.TS != c.ts || f.TSExtraNS != c.extra || f.HasTS != c.has || cut != c.cut || f.TSSuspect == c.has {
			t.Errorf("%s: ts %d + %d ns, has %v, suspect %v, cut %v; want %d + %d, %v, cut %v",
				c.name, f.TS, f.TSExtraNS, f.HasTS, f.TSSuspect, cut, c.ts, c.extra, c.has, c.cut)
		}
	}
}

// TestRecordTime: invalid microseconds are carried over and marked.
func TestRecordTime(t *testing.T) {
	for _, c := range []struct {
		fraction int64
		ts       int64
		suspect  bool
	}{{999_999, 10_999_999, false}, {1_000_000, 11_000_000, true}, {2_147_483_648, 10_000_000 + 2_147_483_648, true}} {
		var f Frame
		setRecordTime(&f, 10, c.fraction*1000)
		if f.TS != c.ts || f.TSSuspect != c.suspect || !f.HasTS {
			t.Errorf("%d microseconds: ts %d, suspect %v", c.fraction, f.TS, f.TSSuspect)
		}
	}
}

// TestFingerprint: the parts lie within the file, in order, and every byte of a small file counts.
func TestFingerprint(t *testing.T) {
	for _, size := range []int64{0, 1, wholeUpTo, wholeUpTo + 1, 1 << 30, 1 << 40} {
		var at int64
		for _, part := range fingerprintParts(size) {
			if part[0] < at || part[0]+part[1] > size {
				t.Errorf("size %d: part %v after %d", size, part, at)
			}
			at = part[0] + part[1]
		}
		if at != size {
			t.Errorf("size %d: the parts end at %d", size, at)
		}
	}
	seen := map[string]bool{}
	for _, data := range [][]byte{{}, {0}, {0, 0}, {0, 1}} {
		id, err := Fingerprint(bytes.NewReader(data), int64(len(data)))
		if err != nil || len(id) != 32 || seen[id] {
			t.Errorf("fingerprint of %v: %q, %v", data, id, err)
		}
		seen[id] = true
	}
}
