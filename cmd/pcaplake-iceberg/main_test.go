package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/etl"
)

func TestFromEnviron(t *testing.T) {
	got := fromEnviron([]string{
		"PCAPLAKE_CATALOG__CREDENTIAL=night:a=b", "PCAPLAKE_CATALOG__OAUTH2_SERVER_URI=https://login.example.org", "PCAPLAKE_CATALOG__S3__ACCESS_KEY_ID=K",
		"PCAPLAKE_CATALOG__", "PCAPLAKE_CATALOG=http://catalog.example.org", "PATH=/bin",
	})
	want := map[string]string{"credential": "night:a=b", "oauth2-server-uri": "https://login.example.org", "s3.access-key-id": "K"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestRun: a lake whose address is relative to the folder that one is in is published as what it is from everywhere.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	capture, err := filepath.Abs("../../testdata/dns.pcap")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if _, err := etl.Ingest(t.Context(), etl.Options{Lake: "lake", Sources: []string{capture}, Payload: -1}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, args string
		exit       int
		status     string
	}{
		{"first", "--lake lake --warehouse warehouse", 0, "ok"},
		{"from elsewhere", "--lake " + dir + "/lake --warehouse " + dir + "/warehouse", 0, "nothing-new"},
		{"no lake", "--lake other --warehouse warehouse", exitNoLake, "failed"},
		{"no catalog", "--lake lake --warehouse warehouse --catalog mysql:x", exitFailed, "failed"},
		{"no flag", "--what", exitUsage, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if got := run(t.Context(), strings.Fields(c.args), &stdout, &stderr); got != c.exit {
				t.Errorf("exit status %d: %s", got, stderr.String())
			}
			var s summary
			if err := json.Unmarshal(stdout.Bytes(), &s); (c.status != "" && err != nil) || s.Status != c.status {
				t.Errorf("summary %q: %v", stdout.String(), err)
			}
		})
	}
	metadata, err := filepath.Glob("warehouse/pcaplake/dns/metadata/*.metadata.json")
	if err != nil || len(metadata) == 0 {
		t.Fatalf("no metadata: %v", err)
	}
	var table struct{ Location string }
	if text, err := os.ReadFile(metadata[0]); err != nil || json.Unmarshal(text, &table) != nil || table.Location != filepath.Join(dir, "warehouse/pcaplake/dns") {
		t.Errorf("the table lies in %s: %v", table.Location, err)
	}
}
