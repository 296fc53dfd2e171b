package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// lineageSchemaFile is OpenLineage's JSON schema, as far as our events go.
func lineageSchemaFile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile("testdata/lineage/openlineage.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// events are the lines of a file of lineage, each valid.
func events(t *testing.T, path string) (list []map[string]any) {
	t.Helper()
	valid := lineageSchemaFile(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		e, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if err := valid.Validate(e); err != nil {
			t.Errorf("%s%v", line, err)
		}
		list = append(list, e.(map[string]any))
	}
	return list
}

// TestLineage holds the events of runs against OpenLineage's schema: one that is done, one that fails.
func TestLineage(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "lineage.ndjson")
	for _, sources := range []string{"../../testdata/web.pcap", filepath.Join(dir, "nowhere")} {
		var out, log bytes.Buffer
		run(t.Context(), []string{"pcaplake", "run", "--lake", filepath.Join(dir, "lake"), "--source", sources, "--settle", "0s", "--lineage", path}, nil, &out, &log)
	}
	var types []string
	runs := map[any]bool{}
	for _, e := range events(t, path) {
		types = append(types, e["eventType"].(string))
		runs[e["run"].(map[string]any)["runId"]] = true
	}
	if got := strings.Join(types, " "); got != "START RUNNING COMPLETE START FAIL" || len(runs) != 2 {
		t.Errorf("events %s of %d runs", got, len(runs))
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `/testdata/web.pcap"}],"outputs":[{"namespace":"file","name":"`) || !strings.Contains(string(text), `"rowCount":170,`) {
		t.Errorf("the capture and its tables are not told: %s", text)
	}
}

// TestLineageOnS3 holds how objects are named.
func TestLineageOnS3(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lineage.ndjson")
	l, err := startLineage(path, "s3://lakes/night/")
	if err != nil {
		t.Fatal(err)
	}
	l.committed(&lake.Manifest{Source: "s3://archive/2026/a.pcap", Adds: []lake.File{{Table: "packets", Rows: 3, Bytes: 40}, {Table: "packets", Rows: 4, Bytes: 50}}})
	if err := l.end(&nightSummary{Status: "interrupted"}); err != nil {
		t.Fatal(err)
	}
	list := events(t, path)
	if list[2]["eventType"] != "ABORT" {
		t.Errorf("the last event is %v", list[2])
	}
	got, err := json.Marshal([]any{list[1]["inputs"], list[1]["outputs"]})
	if err != nil {
		t.Fatal(err)
	}
	want := `[[{"name":"2026/a.pcap","namespace":"s3://archive"}],[{"name":"night/packets","namespace":"s3://lakes","outputFacets":{"outputStatistics":{` +
		`"_producer":"` + lineageProducer + `","_schemaURL":"` + lineageStats + `","rowCount":7,"size":90}}}]]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}
