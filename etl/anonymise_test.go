package etl

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/etl/pseudonym"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

func testKey(tb testing.TB, n byte) *pseudonym.Key {
	tb.Helper()
	secret := [pseudonym.KeySize]byte{n, 7: 0x5c, 20: 0xe1}
	k, err := pseudonym.New(secret)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

// columnsOf are the cells of all columns of a lake, by table and name.
func columnsOf(t *testing.T, root string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	files := state(t, root)
	for _, table := range schema.Tables() {
		for _, f := range files.Files(table.Name) {
			b, err := os.ReadFile(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			read, err := pqarrow.ReadTable(t.Context(), bytes.NewReader(b), nil, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range table.Columns {
				for _, chunk := range read.Column(i).Data().Chunks() {
					all[table.Name+"."+c.Name] = append(all[table.Name+"."+c.Name], texts(chunk)...)
				}
			}
			read.Release()
		}
	}
	return all
}

// valuesOf are the values of the columns of a class, of lists each item.
func valuesOf(columns map[string][]string, class schema.Privacy) map[string]bool {
	values := map[string]bool{}
	for _, table := range schema.Tables() {
		for _, c := range table.Columns {
			if c.Privacy != class {
				continue
			}
			for _, text := range columns[table.Name+"."+c.Name] {
				for item := range strings.SplitSeq(text, ",") {
					values[item] = true
				}
			}
		}
	}
	delete(values, "")
	return values
}

// formsOf are the texts by which an address may be told. Short numbers stand for many other things.
func formsOf(a netip.Addr) []string {
	b := a.AsSlice()
	forms := []string{a.String(), a.StringExpanded(), hex.EncodeToString(b), strings.ToUpper(hex.EncodeToString(b))}
	backwards := slices.Clone(b)
	slices.Reverse(backwards)
	forms = append(forms, hex.EncodeToString(backwards))
	if a.Is4() {
		r := netip.AddrFrom4([4]byte(backwards))
		forms = append(forms, r.String()+".in-addr")
		for _, words := range [][]byte{b, backwards} {
			if n := uint32(words[0])<<24 | uint32(words[1])<<16 | uint32(words[2])<<8 | uint32(words[3]); n >= 1<<24 {
				forms = append(forms, strconv.FormatUint(uint64(n), 10))
			}
		}
		return forms
	}
	var nibbles []string
	for _, o := range backwards {
		nibbles = append(nibbles, fmt.Sprintf("%x.%x", o&15, o>>4))
	}
	return append(forms, strings.Join(nibbles, "."))
}

// TestAnonymisedTellsNobody greps a lake for every address and name that the same captures give without a key: in every cell, file name, footer and JSON.
func TestAnonymisedTellsNobody(t *testing.T) {
	sources := []string{"../testdata/dns.pcap", "../testdata/web.pcap", "../testdata/theft.pcap", "../testdata/interfaces.pcapng", "../testdata/ipv6.pcapng.zst", "../testdata/formats"}
	if *everyConversation {
		sources = append(sources, filepath.Join(shared.Dir(t), "captures"))
	}
	dir, key := t.TempDir(), testKey(t, 1)
	plain, hidden := filepath.Join(dir, "plain"), filepath.Join(dir, "hidden")
	s := ingest(t, Options{Lake: plain, Sources: sources})
	if got := ingest(t, Options{Lake: hidden, Sources: sources, Anonymize: key}); got.Packets != s.Packets || got.Committed != s.Committed {
		t.Fatalf("%d packets of %d captures, %d of %d without a key", got.Packets, got.Committed, s.Packets, s.Committed)
	}
	original, columns := columnsOf(t, plain), columnsOf(t, hidden)
	secrets := map[string]string{} // form -> value
	addresses := 0
	for text := range valuesOf(original, schema.Address) {
		if a, err := netip.ParseAddr(text); err == nil && !a.IsUnspecified() {
			addresses++
			for _, form := range formsOf(a) {
				secrets[form] = text
			}
		}
	}
	for text := range valuesOf(original, schema.Hardware) {
		if text != "00:00:00:00:00:00" && text != "ff:ff:ff:ff:ff:ff" {
			secrets[text], secrets[strings.ReplaceAll(text, ":", "")], secrets[strings.ReplaceAll(text, ":", "-")] = text, text, text
		}
	}
	for _, class := range []schema.Privacy{schema.Name, schema.Text} {
		for text := range valuesOf(original, class) {
			if strings.Contains(text, ".") && len(text) > 8 {
				secrets[text] = text
			}
		}
	}
	for _, m := range state(t, plain).Manifests() {
		for _, secret := range []string{m.CaptureID, m.ContentHash, m.HeadHash, m.PrefixHash, m.Source} {
			secrets[secret] = m.Source
		}
		for _, i := range m.Interfaces {
			if len(i.Name) > 3 {
				secrets[i.Name] = m.Source
			}
		}
	}
	told, words, report := 0, 0, t.Errorf
	if *everyConversation {
		report = t.Logf // of 20,000 addresses some are numbers by chance: to be looked through
	}
	for where, texts := range cellsOf(t, hidden, columns) {
		for text := range texts {
			for word := range wordsOf(text) {
				words++
				if value, ok := secrets[word]; ok && !pseudonymOf(where) {
					told++
					report("%s tells %s of %s in %.100q", where, word, value, text)
				}
			}
		}
	}
	t.Logf("%d forms of %d addresses and other values looked for in %d words: %d told", len(secrets), addresses, words, told)
	holdMapped(t, original, columns, key)
}

// pseudonymOf reports whether cells are held against what the key makes of each: in a large collection one may be another's original by chance.
func pseudonymOf(where string) bool {
	table, name, _ := strings.Cut(where, ".")
	for _, t := range schema.Tables() {
		for _, c := range t.Columns {
			if t.Name == table && c.Name == name {
				return c.Privacy == schema.Address || c.Privacy == schema.Hardware
			}
		}
	}
	return false
}

// wordsOf are the parts of a text that may be a secret: it as a whole, what stands between other signs than those of addresses and names, and in runs of hex digits
// what is as long as an address.
func wordsOf(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(text) {
			return
		}
		split := func(c rune) bool {
			return c != '.' && c != ':' && c != '-' && c != '/' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
		}
		for word := range strings.FieldsFuncSeq(text, split) {
			if !yield(word) || !yield(strings.TrimSuffix(word, ".arpa")) {
				return
			}
			for _, n := range []int{8, 12, 32} {
				for i := 0; i+n <= len(word); i++ {
					if !yield(word[i : i+n]) {
						return
					}
				}
			}
		}
	}
}

// cellsOf are the distinct cells of all columns, the names of files, and what JSON and footers have, by where it is.
func cellsOf(t *testing.T, root string, columns map[string][]string) map[string]map[string]bool {
	t.Helper()
	cells := map[string]map[string]bool{}
	add := func(where, text string) {
		if cells[where] == nil {
			cells[where] = map[string]bool{}
		}
		cells[where][text] = true
	}
	for name, texts := range columns {
		for _, text := range texts {
			add(name, text)
		}
	}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		add("names", strings.TrimPrefix(path, root))
		b, err := os.ReadFile(path)
		if len(b) > 1<<16 && strings.HasSuffix(path, ".parquet") {
			b = b[len(b)-1<<16:] // the footer, where statistics stand uncompressed
		}
		add(strings.TrimPrefix(path, root), string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// holdMapped holds the values of every column against what the key makes of those without it, each as often.
func holdMapped(t *testing.T, original, columns map[string][]string, key *pseudonym.Key) {
	t.Helper()
	for _, table := range schema.Tables() {
		for _, c := range table.Columns {
			want, got := original[table.Name+"."+c.Name], columns[table.Name+"."+c.Name]
			for i, text := range want {
				switch {
				case text == "":
				case c.Privacy == schema.Dropped:
					want[i] = ""
				case c.Privacy == schema.Hardware:
					var m schema.MAC
					if _, err := hex.Decode(m[:], []byte(strings.ReplaceAll(text, ":", ""))); err != nil {
						t.Fatal(err)
					}
					want[i] = string(key.MAC(m).AppendTo(nil))
				case c.Name == "capture_id":
					want[i] = key.Capture(text)
				case c.Privacy >= schema.Address:
					want[i] = string(key.AppendText(nil, c.Privacy, []byte(text)))
				}
			}
			if c.Privacy == schema.Keyed && c.Name != "capture_id" {
				continue // held in package flow
			}
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s.%s is not what the key makes of it:\n%s", table.Name, c.Name, cmp.Diff(slices.Compact(want), slices.Compact(got)))
			}
		}
	}
}

// TestAnonymisedNights holds what other lakes can do: the same bytes at any number of jobs, known captures, growth, bad files, archives, compaction.
func TestAnonymisedNights(t *testing.T) {
	full := packetsOf(3, evening, time.Second, 60)
	night := map[string][]byte{
		"alice.pcap": pcap(full[:20]...), "bob.pcap.gz": gzipped(t, pcap(packetsOf(4, evening, time.Second, 30)...)), "carol-bad.pcap": []byte("no capture at all"),
		"dave.tar": tarOf(t, packedFile{"erin.pcap", pcap(packetsOf(5, evening, time.Second, 12)...)}),
	}
	dir, key := files(t, night), testKey(t, 2)
	root := filepath.Join(t.TempDir(), "lake")
	o := Options{Lake: root, Sources: []string{dir}, Anonymize: key, Jobs: 1}
	if s := ingest(t, o); s.Committed != 3 || s.Failed != 1 {
		t.Fatalf("%+v", s)
	}
	wide := filepath.Join(t.TempDir(), "wide")
	ingest(t, Options{Lake: wide, Sources: []string{dir}, Anonymize: key, Jobs: 4})
	if diff := cmp.Diff(contents(t, root), contents(t, wide)); diff != "" {
		t.Errorf("one job and four give different bytes:\n%s", diff)
	}
	place(t, filepath.Join(dir, "alice.pcap"), pcap(full...))
	if s := ingest(t, o); s.Superseded != 1 || s.Committed != 1 || s.Known != 2 || s.Failed != 1 || !strings.Contains(s.Errors[0].Error, "not read again") {
		t.Errorf("the night after: %+v", s)
	}
	if s := ingest(t, o); s.Status != StatusPartial || s.Committed != 0 || s.Known != 3 {
		t.Errorf("and again: %+v", s)
	}
	for where, texts := range cellsOf(t, root, columnsOf(t, root)) {
		for text := range texts {
			for _, name := range []string{"alice", "bob", "carol", "dave", "erin", dir} {
				if strings.Contains(text, name) {
					t.Errorf("%s tells of %s", where, name)
				}
			}
		}
	}
	if _, err := Compact(t.Context(), CompactOptions{Lake: root, Now: later()}); err != nil {
		t.Fatal(err)
	}
	if v, err := Verify(t.Context(), VerifyOptions{Lake: root}); err != nil || v.Broken > 0 {
		t.Errorf("verify: %v %+v", err, v.Findings)
	}
}

// TestAnonymisedRefuses holds what would tell more than the lake, or mix two of them.
func TestAnonymisedRefuses(t *testing.T) {
	dir := files(t, map[string][]byte{"a.pcap": pcap(packetsOf(1, evening, time.Second, 20)...)})
	key, root := testKey(t, 1), filepath.Join(t.TempDir(), "lake")
	o := Options{Lake: root, Sources: []string{dir}, Anonymize: key}
	for name, change := range map[string]func(*Options){
		"payload": func(o *Options) { o.Payload = 16 },
		"sha256":  func(o *Options) { o.SHA256 = true },
		"live":    func(o *Options) { o.Live = &capture.LiveOptions{Interface: "lo"} },
	} {
		refused := o
		change(&refused)
		if s, err := Ingest(t.Context(), refused); !errors.Is(err, ErrUsage) || ExitStatus(s, err) != exitUsage {
			t.Errorf("%s: %v", name, err)
		}
	}
	ingest(t, o)
	before := contents(t, root)
	for name, other := range map[string]*pseudonym.Key{"no key": nil, "another key": testKey(t, 9)} {
		mixed := o
		mixed.Anonymize = other
		s, err := Ingest(t.Context(), mixed)
		if !errors.Is(err, ErrMixed) || ExitStatus(s, err) != exitUsage || !strings.Contains(err.Error(), key.Fingerprint()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	plain := filepath.Join(t.TempDir(), "plain")
	ingest(t, Options{Lake: plain, Sources: []string{dir}})
	if _, err := Ingest(t.Context(), Options{Lake: plain, Sources: []string{dir}, Anonymize: key}); !errors.Is(err, ErrMixed) {
		t.Errorf("a key for a lake without one: %v", err)
	}
	if diff := cmp.Diff(before, contents(t, root)); diff != "" {
		t.Errorf("a refusal changed the lake:\n%s", diff)
	}
	var out bytes.Buffer
	if _, err := Extract(t.Context(), extractOf(t, root, &out), nil); !errors.Is(err, ErrUsage) || out.Len() > 0 {
		t.Errorf("extract: %v, %d bytes", err, out.Len())
	}
	f := state(t, root).Files("packets")[0]
	if err := os.Remove(f.Path); err != nil {
		t.Fatal(err)
	}
	v, err := Verify(t.Context(), VerifyOptions{Lake: root, Repair: true})
	if err != nil || v.Broken != 1 || !slices.ContainsFunc(v.Findings, func(f lake.Finding) bool { return strings.Contains(f.Remedy, "pseudonyms") }) {
		t.Errorf("repair: %v %+v", err, v.Findings)
	}
}

// TestMaskCostsNothing holds that without a key ingest allocates as before, and with one no more per packet.
func TestMaskCostsNothing(t *testing.T) {
	frames := packetsOf(1, evening, time.Millisecond, 4096)
	rows := make([]schema.Packet, len(frames))
	for i := range rows {
		rows[i] = schema.Packet{FrameNo: int64(i), SrcIP: netip.AddrFrom4([4]byte{10, 0, 0, byte(i % 7)}), DstIP: netip.AddrFrom4([4]byte{10, 0, 1, byte(i % 5)})}
	}
	for _, mask := range []schema.Mask{nil, testKey(t, 1)} {
		w, err := schema.Packets.NewWriter(io.Discard, schema.Meta{Mask: mask})
		if err != nil {
			t.Fatal(err)
		}
		append4096 := func() {
			if err := w.Append(rows); err != nil {
				t.Fatal(err)
			}
		}
		append4096() // which makes the buffers
		runtime.GC()
		if n := testing.AllocsPerRun(5, append4096); n > 600 { // 60 columns whose buffers grow
			t.Errorf("mask %v: %.0f allocations for 4,096 packets", mask, n)
		}
		w.Abandon()
	}
}
