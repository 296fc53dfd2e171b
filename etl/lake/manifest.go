package lake

import (
	"encoding/json"
	"fmt"

	"github.com/pcaplake/pcaplake/schema"
)

// Manifest makes one capture part of the lake: it is written last, and what it does not name does not exist. It depends on the capture and
// the options alone; clock, host and durations stand in the record of the run.
type Manifest struct {
	CaptureID           string             `json:"capture_id"`
	Source              string             `json:"source"` // as told at ingest
	Sensor              string             `json:"sensor"`
	Format              string             `json:"format"`
	Compression         string             `json:"compression,omitempty"`
	StoredBytes         int64              `json:"stored_bytes"`
	Bytes               int64              `json:"bytes"`        // decompressed
	ContentHash         string             `json:"content_hash"` // BLAKE3 of the decompressed bytes
	HeadHash            string             `json:"head_hash"`    // of the first MiB of them
	PrefixEnd           int64              `json:"prefix_end"`   // offset after the last whole frame
	PrefixHash          string             `json:"prefix_hash"`  // of the bytes before it
	SHA256              string             `json:"sha256,omitempty"`
	Interfaces          []Interface        `json:"interfaces"`
	LinkTypes           []int32            `json:"link_types"` // of the frames' interfaces, ascending
	Options             map[string]string  `json:"options"`
	OptionsID           string             `json:"options_id"`
	ToolVersion         string             `json:"tool_version"`
	SchemaVersion       int32              `json:"schema_version"`
	Frames              int64              `json:"frames"`   // as the reader counts them: rows + rejected
	Rows                int64              `json:"rows"`     // of packets
	Rejected            map[string]int64   `json:"rejected"` // reason -> frames
	Malformed           map[string]int64   `json:"malformed"`
	Snapped             int64              `json:"snapped"`
	OutOfOrder          int64              `json:"out_of_order"`
	Duplicates          int64              `json:"duplicates"`           // rows with dup_of_frame
	FragmentsEvicted    int64              `json:"fragments_evicted"`    // datagrams in fragments that were given up for room
	FragmentsUnresolved int64              `json:"fragments_unresolved"` // rows of later fragments without the ports of their first, which came too late or not at all
	FlowsEvicted        int64              `json:"flows_evicted"`        // rows of flows that ended to make room
	StreamsEvicted      int64              `json:"streams_evicted"`      // TCP connections whose reading was given up for room
	StreamSeen          int64              `json:"stream_seen"`          // bytes of TCP streams, each once
	StreamMissed        int64              `json:"stream_missed"`        // bytes of TCP streams that were acknowledged and never seen
	FlowsTCP            int64              `json:"flows_tcp"`            // flows of TCP in which something is acknowledged
	FlowsOneWay         int64              `json:"flows_one_way"`        // of these, those in which more than half of what one side acknowledged was never seen
	CutNS               int64              `json:"cut_ns"`               // stamps finer than a nanosecond
	Comments            int64              `json:"comments"`
	Dropped             *int64             `json:"dropped"`
	Truncated           bool               `json:"truncated"`
	Damage              []string           `json:"damage"`
	FirstTS             *int64             `json:"first_ts"` // microseconds since 1970-01-01 UTC; null without a time
	LastTS              *int64             `json:"last_ts"`
	Rewritten           []schema.Rewritten `json:"rewritten"`
	Adds                []File             `json:"adds"`
	Digest              string             `json:"digest,omitempty"` // of this text: see seal
}

// Interface is one interface of a capture.
type Interface = schema.Interface

// File is one Parquet file of the lake.
type File struct {
	Name   string `json:"name"` // within the lake
	Table  string `json:"table"`
	Sensor string `json:"sensor"`
	Date   string `json:"date"` // UTC day, "" for the default partition
	Rows   int64  `json:"rows"` // as its footer says
	Bytes  int64  `json:"bytes"`
	MinTS  *int64 `json:"min_ts"` // microseconds; null when no row has a time
	MaxTS  *int64 `json:"max_ts"`
	BLAKE3 string `json:"blake3"`

	// Of a file that a change adds: its rows by capture id, nil where they were summed over captures; and the schema version of its columns.
	Captures      map[string]int64 `json:"captures,omitempty"`
	SchemaVersion int32            `json:"schema_version,omitempty"`
}

// Check holds the ledger: every frame of the capture is a row or was rejected for a reason, and every row is in a file.
func (m *Manifest) Check() error {
	lost, rows := int64(0), int64(0)
	for _, n := range m.Rejected {
		lost += n
	}
	for _, f := range m.Adds {
		if f.Table == "packets" {
			rows += f.Rows
		}
	}
	if m.Frames != m.Rows+lost || rows != m.Rows {
		return fmt.Errorf("check ledger of %s: %d frames, %d rows, %d rejected, %d rows in files of packets", m.Source, m.Frames, m.Rows, lost, rows)
	}
	return nil
}

// encode returns a manifest as it is stored, with its digest, whose field in v is told.
func encode(v any, field *string) ([]byte, error) {
	before := *field
	*field = noDigest
	text, err := json.MarshalIndent(v, "", " ")
	*field = before
	if err != nil {
		return nil, fmt.Errorf("write manifest: %w", err)
	}
	text = append(text, '\n')
	seal(text)
	return text, nil
}

// capture is the row of captures that the manifest stands for.
func (m *Manifest) capture() schema.Capture {
	c := schema.Capture{
		CaptureID: m.CaptureID, Source: m.Source, Sensor: m.Sensor, Format: m.Format, Compression: m.Compression, LinkTypes: m.LinkTypes,
		Frames: m.Frames, Rows: m.Rows, RejectedBy: m.Rejected, MalformedBy: m.Malformed, Truncated: m.Truncated, Damage: m.Damage,
		Snapped: m.Snapped, OutOfOrder: m.OutOfOrder, Duplicates: m.Duplicates, Evicted: m.FragmentsEvicted, Unresolved: m.FragmentsUnresolved, Dropped: m.Dropped, FirstTS: m.FirstTS, LastTS: m.LastTS, Bytes: m.Bytes,
		ContentHash: m.ContentHash, Options: m.OptionsID, Status: "ok", ToolVersion: m.ToolVersion, SchemaVersion: m.SchemaVersion,
		Rewritten: m.Rewritten, Interfaces: m.Interfaces, Comments: m.Comments, CutNS: m.CutNS, StoredBytes: m.StoredBytes, SHA256: m.SHA256,
		Settings: m.Options,
	}
	c.FlowsEvicted, c.StreamsEvicted = m.FlowsEvicted, m.StreamsEvicted
	if all := m.StreamSeen + m.StreamMissed; all > 0 {
		ratio := float64(m.StreamMissed) / float64(all)
		c.LossRatio = &ratio
	}
	if m.FlowsTCP > 0 {
		oneWay := m.FlowsOneWay*10 > m.FlowsTCP
		c.OneWay = &oneWay
	}
	for _, n := range m.Rejected {
		c.Rejected += n
	}
	for _, n := range m.Malformed {
		c.Malformed += n
	}
	return c
}
