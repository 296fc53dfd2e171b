package etl

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
	"github.com/zeebo/blake3"
)

// Points at which compressed captures can be read from lie in the index, a file for each capture, by its id. What is lost of them costs time only.

// pointsFolder is within the index.
const pointsFolder = "points"

// keptPoints are the points of one capture as they are kept.
type keptPoints struct {
	StoredBytes int64      `json:"stored_bytes"`
	Points      [][2]int64 `json:"points"` // offsets in the stored bytes and in the content
	Digest      string     `json:"digest"` // BLAKE3 of the two
}

// sealed is what stands for the digest of points.
func (k *keptPoints) sealed() string {
	sum := blake3.Sum256(fmt.Append(nil, k.StoredBytes, k.Points))
	return hex.EncodeToString(sum[:])
}

func pointsPath(workDir, captureID string) string {
	return filepath.Join(workDir, indexFolder, pointsFolder, captureID+".json")
}

// keepPoints keeps the points of a capture that is committed.
func (r *run) keepPoints(done *loaded) {
	if len(done.points) == 0 {
		return
	}
	if err := keepPoints(r.lake.WorkDir(), done.manifest, done.points); err != nil {
		r.o.Log.Warn("frames of it will be read from its beginning", "source", done.source.name, "error", reason(err))
	}
}

// keepPoints writes the points of a capture.
func keepPoints(workDir string, m *lake.Manifest, points []capture.Point) error {
	k := keptPoints{StoredBytes: m.StoredBytes, Points: make([][2]int64, len(points))}
	for i, p := range points {
		k.Points[i] = [2]int64{p.In, p.Out}
	}
	k.Digest = k.sealed()
	text, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode points: %w", err)
	}
	return writeAside(pointsPath(workDir, m.CaptureID), append(text, '\n'))
}

// pointsOf returns the points of a capture; nil where they are not kept, or are not what was kept.
func pointsOf(workDir string, m *lake.Manifest) []capture.Point {
	var k keptPoints
	if err := readJSON(pointsPath(workDir, m.CaptureID), &k); err != nil || k.StoredBytes != m.StoredBytes || k.Digest != k.sealed() {
		return nil
	}
	points := make([]capture.Point, len(k.Points))
	for i, p := range k.Points {
		points[i] = capture.Point{In: p[0], Out: p[1]}
	}
	return points
}

// sweepPoints removes points that were kept before a time at which the lake was as state says, and of which it has no capture.
func sweepPoints(workDir string, s *lake.State, before time.Time) error {
	folder := filepath.Join(workDir, indexFolder, pointsFolder)
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) == 0 || s.Partial() {
		return nil // there are none, or none that can be seen, or it is not known of which captures they are
	}
	live := make(map[string]bool)
	for _, m := range s.Manifests() {
		live[m.CaptureID] = true
	}
	for _, e := range entries {
		if id := strings.TrimSuffix(e.Name(), ".json"); live[id] {
			continue
		}
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) {
			if err := os.Remove(filepath.Join(folder, e.Name())); err != nil && !os.IsNotExist(err) {
				return fmt.Errorf("remove points: %w", err)
			}
		}
	}
	return nil
}
