package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
	"github.com/zeebo/blake3"
)

// compacted is how many files each table of a compacted night has: 2.7 TB of captures give some 80 GB of packets, in files of 256 MB.
var compacted = []struct {
	table string
	files int
}{{"packets", 320}, {"flows", 30}, {"dns", 6}, {"tls", 4}, {"http", 2}, {"rollup_1m", 8}, {"rollup_1h", 1}}

// rowsOf is how many rows a capture has in each table.
const rowsOf = 150_000

// A night is what a day of captures leaves.
type night struct {
	captures []*lake.Manifest
	files    []lake.File
}

// makeNight makes the captures of a day; those of the last have files of their own, the others are compacted.
func (s *simulation) makeNight(day int) (*night, error) {
	n, last := new(night), day == s.days-1
	from, to := s.captures*day/s.days, s.captures*(day+1)/s.days
	at := s.first.AddDate(0, 0, day)
	for i := from; i < to; i++ {
		m := s.capture(i, at, i-from, to-from)
		if last {
			if err := s.own(m, at); err != nil {
				return nil, err
			}
		}
		n.captures = append(n.captures, m)
	}
	switch {
	case last:
		return n, nil
	case at.Equal(s.night):
		return n, s.copies(n)
	}
	for _, c := range compacted {
		for i := range c.files {
			n.files = append(n.files, mergedFile(n.captures[len(n.captures)*i/c.files:len(n.captures)*(i+1)/c.files], c.table, at, i))
		}
	}
	return n, nil
}

// capture is the i-th of the year, of a day.
func (s *simulation) capture(i int, day time.Time, at, of int) *lake.Manifest {
	var digits [104]byte
	sum := blake3.New()
	fmt.Fprintf(sum, "capture %d", i)
	_, _ = sum.Digest().Read(digits[:])
	first := day.UnixMicro() + 86_400_000_000*int64(at)/int64(of)
	lastTS := first + 60_000_000
	sensor := fmt.Sprintf("sensor%02d", i%16)
	return &lake.Manifest{
		CaptureID: hex.EncodeToString(digits[:16]), Source: fmt.Sprintf("%s/%s/%s/%06d.pcap", s.archive, day.Format(time.DateOnly), sensor, at),
		Sensor: "default", Format: "pcap", StoredBytes: 100e6 + int64(digits[0]), Bytes: 100e6 + int64(digits[0]),
		ContentHash: hex.EncodeToString(digits[:32]), HeadHash: hex.EncodeToString(digits[32:64]), PrefixEnd: 100e6, PrefixHash: hex.EncodeToString(digits[64:96]),
		Interfaces: []lake.Interface{{LinkType: 1}}, LinkTypes: []int32{1}, Options: options, OptionsID: "0123abcd", ToolVersion: "simulated",
		SchemaVersion: schema.Version, Frames: rowsOf, Rows: rowsOf, Rejected: map[string]int64{}, Malformed: map[string]int64{}, FirstTS: &first, LastTS: &lastTS,
	}
}

// options are those of ingest without flags.
var options = map[string]string{"payload": "0", "flow_idle": "2m0s", "flow_active": "30m0s", "flow_vlan": "on", "flow_max": "131072"}

// file is one of a table and day, without rows.
func file(table, base string, day time.Time) lake.File {
	date := day.Format(time.DateOnly)
	first, last := day.UnixMicro(), day.AddDate(0, 0, 1).UnixMicro()-1
	name := strings.Join([]string{table, "sensor=default", "date=" + date, base + ".parquet"}, "/")
	sum := blake3.Sum256([]byte(name))
	return lake.File{
		Name: name, Table: table, Sensor: "default", Date: date, Rows: rowsOf, Bytes: 256 << 20, MinTS: &first, MaxTS: &last,
		BLAKE3: hex.EncodeToString(sum[:]), SchemaVersion: schema.Version,
	}
}

// mergedFile is a compacted one with rows of captures.
func mergedFile(of []*lake.Manifest, table string, day time.Time, i int) lake.File {
	f := file(table, lake.MergedName("default", []string{table, day.Format(time.DateOnly), fmt.Sprint(i)}, nil), day)
	f.Captures = make(map[string]int64, len(of))
	for _, m := range of {
		f.Captures[m.CaptureID] = rowsOf
	}
	f.Rows = rowsOf * int64(len(of))
	return f
}

// copies are the files of the night that has rows: as many of each table as compaction leaves, each a copy of one of the small lake.
func (s *simulation) copies(n *night) error {
	for _, c := range compacted {
		for i := range c.files {
			for k := range s.files {
				if small := &s.files[k]; small.Table == c.table {
					f := mergedFile(n.captures[len(n.captures)*i/c.files:len(n.captures)*(i+1)/c.files], c.table, s.night, i)
					f.Rows, f.Bytes, f.MinTS, f.MaxTS, f.BLAKE3 = small.Rows, small.Bytes, small.MinTS, small.MaxTS, small.BLAKE3
					if err := s.link(small, f.Name); err != nil {
						return err
					}
					n.files = append(n.files, f)
					break
				}
			}
		}
	}
	return nil
}

// own gives a capture files of its own, and writes something into the archive that has its id.
func (s *simulation) own(m *lake.Manifest, day time.Time) error {
	text := []byte(m.Source + "\n")
	if err := writeFile(m.Source, text); err != nil {
		return err
	}
	var err error
	if m.CaptureID, err = capture.Fingerprint(strings.NewReader(string(text)), int64(len(text))); err != nil {
		return err
	}
	m.StoredBytes = int64(len(text))
	for _, c := range compacted {
		f := file(c.table, lake.BaseName(m.CaptureID, m.OptionsID, 0), day)
		f.MinTS, f.MaxTS, f.SchemaVersion = m.FirstTS, m.LastTS, 0
		m.Adds = append(m.Adds, f)
	}
	return nil
}

// outside is how many captures of the last night stand outside the checkpoint: the most that ingest leaves there.
const outside = lake.CheckpointAfter

// writeOwn writes the manifests of captures that are not swept yet.
func (s *simulation) writeOwn(captures []*lake.Manifest) error {
	for _, m := range captures {
		text, err := json.MarshalIndent(m, "", " ")
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(s.root, "_manifests", "c-"+m.ContentHash+".json"), text); err != nil {
			return err
		}
	}
	return nil
}

// writeNew writes the night after the last: a part of it has been ingested since the checkpoint, and all lies in the archive.
func (s *simulation) writeNew() error {
	day := s.first.AddDate(0, 0, s.days)
	n := s.captures / s.days
	var committed []*lake.Manifest
	for at := range n {
		m := s.capture(s.captures+at, day, at, n)
		if at < outside {
			if err := s.own(m, day); err != nil {
				return err
			}
			committed = append(committed, m)
			continue
		}
		if err := writeFile(m.Source, []byte(m.Source+"\n")); err != nil {
			return err
		}
	}
	return s.writeOwn(committed)
}

func writeFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o640)
}
