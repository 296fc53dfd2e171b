package lake

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
	"github.com/zeebo/blake3"
)

const problemText = "its text changed since it was written"

// problems are what a manifest's text, name and counts say against each other.
func (m *Manifest) problems(name string, text []byte) []string {
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if m.SchemaVersion < 1 || m.SchemaVersion > schema.Version {
		report("it is of schema version %d, this program knows 1 to %d", m.SchemaVersion, schema.Version)
	}
	if !sound(text, m.Digest, new(Manifest)) {
		report(problemText)
	}
	if want, err := captureManifest(m.ContentHash); err != nil || want != name {
		report("it is of content %q, which is not its name", m.ContentHash)
	}
	return append(out, m.contradictions()...)
}

// contradictions are what a manifest's counts and names say against each other.
func (m *Manifest) contradictions() []string {
	var out []string
	report := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if err := m.Check(); err != nil {
		report("%v", err)
	}
	for _, n := range []int64{
		m.Bytes - m.PrefixEnd, m.Frames, m.Rows, m.Rows - m.Snapped, m.Rows - m.OutOfOrder, m.Rows - m.Duplicates, m.CutNS, m.Comments,
		m.FragmentsEvicted, m.FragmentsUnresolved, m.Rows - m.FragmentsUnresolved,
		m.FlowsEvicted, m.StreamsEvicted, m.StreamSeen, m.StreamMissed, m.FlowsOneWay, m.FlowsTCP - m.FlowsOneWay,
	} {
		if n < 0 {
			report("its counts contradict each other")
			break
		}
	}
	base := m.CaptureID + "-" + m.OptionsID + "-"
	for _, f := range m.Adds {
		if !f.wellNamed() || f.Sensor != m.Sensor || !strings.HasPrefix(path.Base(f.Name), base) {
			report("it adds %q, which is no name for a file of its capture", f.Name)
		}
	}
	if first, last := span(m.Adds); !equal(first, m.FirstTS) || !equal(last, m.LastTS) {
		report("its first and last times are not those of its packets")
	}
	return out
}

// problems are what a change's text and name say against each other.
func (c *Change) problems(name string, text []byte) []string {
	var out []string
	if !sound(text, c.Digest, new(Change)) {
		out = append(out, problemText)
	}
	for _, f := range c.Adds {
		if f.SchemaVersion < 0 || f.SchemaVersion > schema.Version {
			out = append(out, fmt.Sprintf("it adds %s of schema version %d, this program knows up to %d", f.Name, f.SchemaVersion, schema.Version))
		}
	}
	if changeManifest(c.Seq) != name {
		out = append(out, fmt.Sprintf("it is change %d, which is not its name", c.Seq))
	}
	return out
}

// sound reports whether a text is as it was written: by its digest, or, for want of one, by having no field that into has not.
func sound(text []byte, digest string, into any) bool {
	if digest != "" {
		return checkDigest(text) == nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into) == nil
}

// wellNamed reports whether the file's name is made of its table, sensor and date, and so lies within the lake.
func (f *File) wellNamed() bool {
	base, isParquet := strings.CutSuffix(path.Base(f.Name), ".parquet")
	want, err := fileName(f.Table, f.Sensor, f.Date, base)
	return isParquet && err == nil && f.Name == want
}

// span is the first and the last time of the packets; nil when none has one.
func span(files []File) (first, last *int64) {
	for _, f := range files {
		if f.Table != schema.Packets.Name || f.MinTS == nil || f.MaxTS == nil {
			continue
		}
		if first == nil || *f.MinTS < *first {
			first = f.MinTS
		}
		if last == nil || *f.MaxTS > *last {
			last = f.MaxTS
		}
	}
	return first, last
}

func equal(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }

// CheckFile holds the bytes of a live file against its manifest: length, BLAKE3, and what the footer says. It reads the file once, in
// constant memory; read is told how many bytes came. No finding: the file is what was written.
func (l *Lake) CheckFile(ctx context.Context, f LiveFile, read func(bytes int)) []Finding {
	in, err := l.store.Open(f.Name)
	if notExists(err) {
		return []Finding{{Severity: Broken, Object: f.Name, Problem: "it is missing", Remedy: f.remedy()}}
	}
	if err != nil {
		return []Finding{unread(f.Name, err)}
	}
	defer in.Close()
	sum := blake3.New()
	n, err := io.Copy(sum, &told{ctx, in, read})
	switch got := hex.EncodeToString(sum.Sum(nil)); {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return []Finding{unread(f.Name, err)}
	case n != f.Bytes:
		return []Finding{f.broken("it has %d bytes, its manifest says %d", n, f.Bytes)}
	case got != f.BLAKE3:
		return []Finding{f.broken("its bytes changed: BLAKE3 is %s, its manifest says %s", got, f.BLAKE3)}
	}
	stats, err := schema.ReadStats(in, n)
	if err != nil {
		return []Finding{f.broken("%v", err)}
	}
	return f.compare(stats)
}

// compare holds the footer of a file whose bytes are right against the manifest.
func (f *LiveFile) compare(stats schema.FileStats) []Finding {
	var out []Finding
	if stats.Rows != f.Rows {
		out = append(out, f.broken("its footer says %d rows, its manifest %d", stats.Rows, f.Rows))
	}
	first, last := schema.NoTime, schema.NoTime
	if f.MinTS != nil && f.MaxTS != nil {
		first, last = *f.MinTS, *f.MaxTS
	}
	if stats.MinTS != first || stats.MaxTS != last {
		out = append(out, f.broken("its times are %d to %d, its manifest says %d to %d", stats.MinTS, stats.MaxTS, first, last))
	}
	return out
}

func (f *LiveFile) broken(format string, args ...any) Finding {
	return Finding{Severity: Broken, Object: f.Name, Problem: fmt.Sprintf(format, args...), Remedy: f.remedy()}
}

// remedy is how a damaged file can come back.
func (f *LiveFile) remedy() string {
	if schema.Derived(f.Table) {
		return "run pcaplake classify again, which makes it anew"
	}
	if f.Capture == nil {
		return "restore it from a backup"
	}
	return fmt.Sprintf("restore it from a backup, or run verify --repair where %s is", f.Capture.Source)
}

// told reads until its context ends and tells how much came.
type told struct {
	ctx  context.Context
	in   io.Reader
	read func(bytes int)
}

func (t *told) Read(b []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := t.in.Read(b)
	t.read(n)
	return n, err
}

// SortFindings orders findings: by object, what is broken first.
func SortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.Severity, b.Severity))
	})
}
