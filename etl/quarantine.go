package etl

import (
	"cmp"
	"path/filepath"
	"slices"
	"sync"

	"github.com/pcaplake/pcaplake/schema"
)

// A bad capture is one whose bytes this version of the tool cannot read.
type bad struct {
	CaptureID   string `json:"capture_id"` // of the bytes: others under the same path are tried anew
	Source      string `json:"source"`
	Sensor      string `json:"sensor"`
	Error       string `json:"error"`
	ToolVersion string `json:"tool_version"` // another version tries anew
	Since       string `json:"since"`        // name of the run that found it
}

// A quarantine lists bad captures, so that each night says which ones fail and since when, and reads none of them again for it.
type quarantine struct {
	path    string
	entries map[string]bad // by capture id, as loaded
	mu      sync.Mutex
	added   map[string]bad
	cleared map[string]bool // sources that are good by now
}

func loadQuarantine(workDir string) *quarantine {
	q := &quarantine{
		path:  filepath.Join(workDir, indexFolder, "quarantine.json"),
		added: map[string]bad{}, cleared: map[string]bool{},
	}
	q.entries = q.load()
	return q
}

func (q *quarantine) load() map[string]bad {
	var list []bad
	_ = readJSON(q.path, &list)
	entries := make(map[string]bad, len(list))
	for _, b := range list {
		entries[b.CaptureID] = b
	}
	return entries
}

// find returns what is known of bytes that this version of the tool has failed on before.
func (q *quarantine) find(captureID, toolVersion string) (bad, bool) {
	b, ok := q.entries[captureID]
	return b, ok && b.ToolVersion == toolVersion
}

func (q *quarantine) add(b bad) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.added[b.CaptureID] = b
}

// clear forgets what was wrong under a source's name, now that it could be read.
func (q *quarantine) clear(source string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.cleared[source] = true
}

// save brings what the file holds by now up to this run.
func (q *quarantine) save() error {
	entries := q.load()
	before := len(entries)
	for id, b := range entries {
		if q.cleared[b.Source] {
			delete(entries, id)
		}
	}
	if len(q.added) == 0 && len(entries) == before {
		return nil
	}
	list := make([]bad, 0, len(entries)+len(q.added))
	for _, b := range q.added {
		list = append(list, b)
		delete(entries, b.CaptureID)
	}
	for _, b := range entries {
		list = append(list, b)
	}
	slices.SortFunc(list, func(a, b bad) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.CaptureID, b.CaptureID))
	})
	return writeJSON(q.path, list)
}

// Quarantined returns the captures that could not be read, as the folder of a lake for what is not part of it says, as rows of captures with status
// failed, by source.
func Quarantined(workDir string) []schema.Capture {
	entries := loadQuarantine(workDir).entries
	rows := make([]schema.Capture, 0, len(entries))
	for _, b := range entries {
		rows = append(rows, schema.Capture{
			CaptureID: b.CaptureID, Source: b.Source, Sensor: b.Sensor, Status: "failed", Error: b.Error, ToolVersion: b.ToolVersion,
			SchemaVersion: schema.Version,
		})
	}
	slices.SortFunc(rows, func(a, b schema.Capture) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.CaptureID, b.CaptureID))
	})
	return rows
}
