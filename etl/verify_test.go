package etl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// smallLake is a lake of two captures in the folder of its sources; the working directory is that folder.
func smallLake(t *testing.T) {
	t.Helper()
	t.Chdir(files(t, map[string][]byte{
		"a.pcap": pcap(packetsOf(1, evening, 10*time.Second, 12)...), "b.pcap": pcap(packetsOf(2, evening, time.Second, 6)...),
	}))
	ingest(t, Options{Lake: "lake", Sources: []string{"a.pcap", "b.pcap"}, Payload: -1, ToolVersion: "test"})
}

func verified(t *testing.T, o VerifyOptions) Verification {
	t.Helper()
	o.Lake = "lake"
	v, err := Verify(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVerifySound(t *testing.T) {
	smallLake(t)
	for _, jobs := range []int{1, 4} {
		var last Progress
		v := verified(t, VerifyOptions{Jobs: jobs, Progress: func(p Progress) { last = p }})
		if len(v.Findings) > 0 || v.ExitStatus() != 0 {
			t.Errorf("findings: %+v", v.Findings)
		}
		if v.Captures != 2 || v.Files != len(state(t, "lake").AllFiles()) || last.CapturesDone != v.Files || last.BytesDone != v.Bytes || last.Bytes != v.Bytes || v.Bytes == 0 {
			t.Errorf("%+v, progress %+v", v, last)
		}
	}
	if _, err := Verify(t.Context(), VerifyOptions{Lake: "nowhere"}); err == nil {
		t.Error("a folder without a lake was verified")
	}
}

// TestVerifyEveryByte changes bytes of every live file, of every manifest and of lake.json, one at a time: none goes unseen.
func TestVerifyEveryByte(t *testing.T) {
	smallLake(t)
	place(t, "a.pcap", pcap(packetsOf(1, evening, 10*time.Second, 13)...)) // for a change
	ingest(t, Options{Lake: "lake", Sources: []string{"a.pcap"}, Payload: -1, ToolVersion: "test"})
	expire(t, ExpireOptions{Keep: map[string]time.Duration{"arp": 0}})
	random := rand.New(rand.NewPCG(1, 2))
	sample := 30 // bytes of each file
	if testing.Short() {
		sample = 10
	}
	for name := range contents(t, "lake") {
		path := filepath.Join("lake", name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		places := random.Perm(len(whole))
		for _, at := range places[:min(len(places), sample)] {
			for _, flip := range []byte{1 << random.IntN(8), byte(1 + random.IntN(255)), 'a' ^ 'A'} {
				changed := bytes.Clone(whole)
				changed[at] ^= flip
				if err := os.WriteFile(path, changed, 0o640); err != nil {
					t.Fatal(err)
				}
				v, err := Verify(t.Context(), VerifyOptions{Lake: "lake", Jobs: 1})
				if !breaks(v, name) && (err == nil || name != "lake.json") {
					t.Errorf("%s: byte %d changed from %q to %q: %+v, %v", name, at, whole[at], changed[at], v.Findings, err)
				}
			}
		}
		if err := os.WriteFile(path, whole, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	if v := verified(t, VerifyOptions{}); len(v.Findings) > 0 {
		t.Errorf("restored: %+v", v.Findings)
	}
}

// breaks reports whether an object has a finding that is damage.
func breaks(v Verification, object string) bool {
	return slices.ContainsFunc(v.Findings, func(f lake.Finding) bool { return f.Severity == lake.Broken && f.Object == object })
}

// edit replaces text in a file of the lake, of which there must be some.
func edit(t *testing.T, path, from, to string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), from, to, 1)
	if changed == string(text) {
		t.Fatalf("%s has no %q", path, from)
	}
	if err := os.WriteFile(path, []byte(changed), 0o640); err != nil {
		t.Fatal(err)
	}
}

// unsealed takes the digest off a manifest, as those of older versions had none.
func unsealed(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m lake.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	edit(t, path, fmt.Sprintf(",\n \"digest\": %q", m.Digest), "")
}

// glob returns the first file of a pattern.
func glob(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: no file, %v", pattern, err)
	}
	return paths[0]
}

func TestVerifyFindings(t *testing.T) {
	const packets = "lake/packets/*/date=2026-11-22/*.parquet"
	manifest := func(t *testing.T) string { return glob(t, "lake/_manifests/c-*.json") }
	tests := []struct {
		name   string
		damage func(t *testing.T)
		want   []string // severity and problem, each as far as told
		status int
	}{
		{name: "missing file", damage: func(t *testing.T) { os.Remove(glob(t, packets)) }, want: []string{"error it is missing"}, status: 1},
		{
			name: "truncated file", damage: func(t *testing.T) { os.Truncate(glob(t, packets), 100) },
			want: []string{"error it has 100 bytes, its manifest says"}, status: 1,
		},
		{
			name: "longer file", damage: func(t *testing.T) { appendTo(t, glob(t, packets), "x") },
			want: []string{"error it has"}, status: 1,
		},
		{
			name: "one file in the place of another", status: 1,
			damage: func(t *testing.T) {
				paths, _ := filepath.Glob(packets)
				os.Link(paths[0], "lake/other")
				os.Rename("lake/other", paths[1])
			},
			want: []string{"error it has"},
		},
		{
			name: "a count changed", damage: func(t *testing.T) { edit(t, manifest(t), `"frames": `, `"frames": 1`) },
			want: []string{"error check ledger", "error its text changed"}, status: 1,
		},
		{
			name: "a count changed, no digest", status: 1,
			damage: func(t *testing.T) { unsealed(t, manifest(t)); edit(t, manifest(t), `"rows": `, `"rows": 1`) },
			want:   []string{"error check ledger", "info it has no digest"},
		},
		{
			name: "rows of a file changed, no digest", status: 1,
			damage: func(t *testing.T) {
				unsealed(t, manifest(t))
				edit(t, manifest(t), "\"table\": \"arp\",\n   \"sensor\": \"default\",\n   \"date\": \"2026-11-22\",\n   \"rows\": ", "\"table\": \"arp\",\n   \"sensor\": \"default\",\n   \"date\": \"2026-11-22\",\n   \"rows\": 1")
			},
			want: []string{"info it has no digest", "error its footer says"},
		},
		{
			name: "no digest", damage: func(t *testing.T) { unsealed(t, manifest(t)) }, want: []string{"info it has no digest"},
		},
		{
			name: "a manifest without its end", damage: func(t *testing.T) { os.Truncate(manifest(t), 500) },
			want: []string{"error it cannot be read: unexpected end of JSON input", "info no manifest names it"}, status: 1,
		},
		{
			name: "a manifest of another's name", status: 1,
			damage: func(t *testing.T) { os.Rename(manifest(t), "lake/_manifests/c-"+strings.Repeat("0", 64)+".json") },
			want:   []string{"error it is of content"},
		},
		{
			name: "a manifest twice", status: 1,
			damage: func(t *testing.T) {
				text, _ := os.ReadFile(manifest(t))
				place(t, "lake/_manifests/c-"+strings.Repeat("f", 64)+".json", text)
			},
			want: []string{"error it is of content", "error it adds arp/"},
		},
		{
			name: "names that leave the lake", status: 1,
			damage: func(t *testing.T) {
				place(t, "outside.parquet", nil)
				edit(t, manifest(t), `"name": "arp/`, `"name": "../arp/`)
			},
			want: []string{"error it adds \"../arp/", "error it is missing", "error its text changed", "info no manifest names it"},
		},
		{
			name: "a newer schema", status: 1,
			damage: func(t *testing.T) { edit(t, manifest(t), `"schema_version": `, `"schema_version": 9`) },
			want:   []string{"error it is of schema version 9", "error its text changed"},
		},
		{
			name: "foreign JSON among the manifests", damage: func(t *testing.T) { place(t, "lake/_manifests/notes.json", []byte("{}")) },
			want: []string{"error it is a kind of manifest that this program does not know"}, status: 1,
		},
		{
			name: "a change that removes what was never there", status: 1,
			damage: func(t *testing.T) {
				place(t, "lake/_manifests/m-000000000001.json", []byte(`{"seq": 1, "adds": [], "removes": ["packets/x.parquet"]}`))
			},
			want: []string{"error it removes packets"},
		},
		{
			name: "a change under another number", damage: func(t *testing.T) { place(t, "lake/_manifests/m-000000000007.json", []byte(`{"seq": 8}`)) },
			want: []string{"error it is change 8", "error the change before it is 0"}, status: 1,
		},
		{
			name: "a change that removes", damage: func(t *testing.T) {
				name, _ := filepath.Rel("lake", glob(t, packets))
				place(t, "lake/_manifests/m-000000000001.json", []byte(fmt.Sprintf(`{"seq": 1, "removes": [%q]}`, name)))
			},
			want: []string{"info it was removed"},
		},
		{
			name: "files that nobody names", damage: func(t *testing.T) {
				place(t, "lake/packets/sensor=default/date=2026-11-22/x.parquet", []byte("x"))
				place(t, "lake/packets/.hidden", nil)
				place(t, "lake/_manifests/.put-1", nil)
				place(t, "lake/_index/x", nil)
				place(t, "lake/_staging/20260101T000000Z-old/heartbeat", nil)
				place(t, "lake/_staging/20260101T000000Z-new/heartbeat", nil)
				old := time.Now().Add(-25 * time.Hour)
				os.Chtimes("lake/_staging/20260101T000000Z-old/heartbeat", old, old)
			},
			want: []string{"info no manifest names it", "info work that a run left behind"},
		},
		{
			name: "from the future", damage: func(t *testing.T) {
				next := time.Now().Add(time.Hour)
				os.Chtimes(glob(t, packets), next, next)
				os.Chtimes(manifest(t), next, next)
			},
			want: []string{"info its time is ahead of the clock; so it is for 1 more"},
		},
		{
			name: "open to all", damage: func(t *testing.T) { os.Chmod(glob(t, packets), 0o644); os.Chmod(manifest(t), 0o644) },
			want: []string{"info its mode is -rw-r--r--, not -rw-r-----; so it is for 1 more"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			smallLake(t)
			test.damage(t)
			v := verified(t, VerifyOptions{})
			for _, want := range test.want {
				if !slices.ContainsFunc(v.Findings, func(f lake.Finding) bool { return strings.HasPrefix(said(f), want) }) {
					t.Errorf("no finding %q", want)
				}
			}
			for _, f := range v.Findings {
				if f.Object == "" || f.Remedy == "" || !slices.ContainsFunc(test.want, func(want string) bool { return strings.HasPrefix(said(f), want) }) {
					t.Errorf("finding %+v", f)
				}
			}
			if got := v.ExitStatus(); got != test.status {
				t.Errorf("exit status %d, want %d", got, test.status)
			}
		})
	}
}

func said(f lake.Finding) string { return string(f.Severity) + " " + f.Problem }

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	place(t, path, append(whole, text...))
}

// TestVerifyUnread: what cannot be read was not judged, which is another status than damage.
func TestVerifyUnread(t *testing.T) {
	smallLake(t)
	path := glob(t, "lake/dns/*/*/*.parquet")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o750); err != nil { // reading a folder fails, for root as well
		t.Fatal(err)
	}
	v := verified(t, VerifyOptions{})
	if len(v.Findings) != 1 || v.Findings[0].Err == nil || v.ExitStatus() != 74 {
		t.Errorf("exit status %d: %+v", v.ExitStatus(), v.Findings)
	}
}

// TestVerifyDeletes: repair deletes what no manifest has named for a day, and nothing where a manifest is damaged.
func TestVerifyDeletes(t *testing.T) {
	smallLake(t)
	const folder = "lake/packets/sensor=default/date=2026-11-22/"
	old := time.Now().Add(-25 * time.Hour)
	for _, name := range []string{"old", "young"} {
		place(t, folder+name+".parquet", []byte("x"))
	}
	os.Chtimes(folder+"old.parquet", old, old)
	whole := glob(t, "lake/_manifests/c-*.json")
	text, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	edit(t, whole, `"source": "`, `"source": "x`)
	before := parquets(t)
	if v := verified(t, VerifyOptions{Repair: true}); v.Deleted != 0 || v.Broken != 1 || parquets(t) != before {
		t.Errorf("with a damaged manifest: %+v", v)
	}
	if _, err := Expire(t.Context(), ExpireOptions{Lake: "lake", Keep: map[string]time.Duration{"packets": 0}}); err == nil || parquets(t) != before {
		t.Errorf("a damaged lake expires: %v", err)
	}
	if err := os.WriteFile(whole, text, 0o640); err != nil {
		t.Fatal(err)
	}
	v := verified(t, VerifyOptions{Repair: true})
	if v.Deleted != 1 || v.Broken != 0 || len(v.Findings) != 2 || v.Findings[0].Remedy != "deleted" || parquets(t) != before-1 || v.Free <= 0 {
		t.Errorf("%+v", v)
	}
	if _, err := os.Stat(folder + "young.parquet"); err != nil {
		t.Error(err)
	}
	if v := verified(t, VerifyOptions{}); len(v.Findings) != 1 || v.Deleted != 0 {
		t.Errorf("%+v", v)
	}
}
