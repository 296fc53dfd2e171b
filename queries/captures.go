package queries

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// captureBatch bounds the text that carries rows of captures into DuckDB.
const captureBatch = 1000

// makeCaptures makes the table captures from the dataset's rows. They pass as JSON: the one road into the C API that takes lists,
// maps and structures without an appender for each type.
func (s *Session) makeCaptures() error {
	var definitions, shape, values []string
	for _, c := range schema.CaptureColumns() {
		definitions = append(definitions, identifier(c.Name)+" "+c.Type)
		value := "c." + identifier(c.Name)
		typ := c.Type
		if typ == "TIMESTAMP" {
			value, typ = "make_timestamp("+value+")", "BIGINT"
		}
		shape = append(shape, fmt.Sprintf("%q: %q", c.Name, typ))
		values = append(values, value)
	}
	if err := s.admin.exec("CREATE TABLE captures (" + strings.Join(definitions, ", ") + ")"); err != nil {
		return err
	}
	insert := "INSERT INTO captures SELECT " + strings.Join(values, ", ") +
		" FROM (SELECT unnest(from_json($rows, '[{" + strings.Join(shape, ", ") + "}]')) AS c)"
	captures, err := s.dataset.captures()
	if err != nil {
		return err
	}
	for batch := range slices.Chunk(captures, captureBatch) {
		if err := s.insertCaptures(insert, batch); err != nil {
			return err
		}
	}
	return nil
}

// makeCaptureOrder makes the table capture_order: all captures that the dataset has, those beyond its period too, in the order of their first packets and,
// where that does not tell, of their sources. flow_idle is the idle timeout of their flows in microseconds.
func (s *Session) makeCaptureOrder() error {
	all, err := s.dataset.allCaptures()
	if err != nil {
		return err
	}
	captures := slices.SortedFunc(slices.Values(all), func(a, b schema.Capture) int {
		return cmp.Or(cmp.Compare(firstOf(a), firstOf(b)), strings.Compare(a.Source, b.Source), strings.Compare(a.CaptureID, b.CaptureID))
	})
	rows := make([]map[string]any, len(captures))
	for i := range captures {
		idle, _ := flowTimeouts(&captures[i])
		rows[i] = map[string]any{"id": captures[i].CaptureID, "idle": idle.Microseconds()}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("write captures as JSON: %w", err)
	}
	return s.admin.exec(`CREATE TABLE capture_order AS SELECT capture.id AS capture_id, min(place) AS ordinal, max(capture.idle) AS flow_idle
		FROM (SELECT unnest(rows) AS capture, generate_subscripts(rows, 1) AS place
		      FROM (SELECT from_json(` + literal(string(text)) + `, '[{"id": "VARCHAR", "idle": "BIGINT"}]') AS rows))
		GROUP BY ALL`)
}

func firstOf(c schema.Capture) int64 {
	if c.FirstTS == nil {
		return schema.NoTime
	}
	return *c.FirstTS
}

func (s *Session) insertCaptures(insert string, batch []schema.Capture) error {
	rows := make([]map[string]any, len(batch))
	for i := range batch {
		rows[i] = make(map[string]any, len(captureValues))
		for name, value := range captureValues {
			rows[i][name] = value(&batch[i])
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("write captures as JSON: %w", err)
	}
	statement, err := s.admin.prepare(insert)
	if err != nil {
		return err
	}
	defer statement.close()
	if err := statement.bind(map[string]any{"rows": string(text)}); err != nil {
		return err
	}
	return statement.run()
}

// captures are the dataset's captures of its sensors that reach into its period; one without a time is in every period,
// so that what failed is not forgotten.
func (d *Dataset) captures() ([]schema.Capture, error) {
	all, err := d.allCaptures()
	if err != nil {
		return nil, err
	}
	var out []schema.Capture
	for _, c := range all {
		if d.of(c.Sensor) && (c.FirstTS == nil || c.LastTS == nil || d.reaches(*c.FirstTS, *c.LastTS)) {
			out = append(out, c)
		}
	}
	return out, nil
}

// allCaptures are Captures and those that MoreCaptures returns.
func (d *Dataset) allCaptures() ([]schema.Capture, error) {
	if d.MoreCaptures == nil {
		return d.Captures, nil
	}
	more, err := d.MoreCaptures()
	return slices.Concat(d.Captures, more), err
}

// captureValues gives each column of captures its value, as JSON has it; a time is microseconds.
var captureValues = map[string]func(*schema.Capture) any{
	"capture_id":           func(c *schema.Capture) any { return c.CaptureID },
	"source":               func(c *schema.Capture) any { return c.Source },
	"sensor":               func(c *schema.Capture) any { return c.Sensor },
	"format":               func(c *schema.Capture) any { return c.Format },
	"link_types":           func(c *schema.Capture) any { return c.LinkTypes },
	"frames":               func(c *schema.Capture) any { return c.Frames },
	"rows":                 func(c *schema.Capture) any { return c.Rows },
	"rejected":             func(c *schema.Capture) any { return c.Rejected },
	"malformed":            func(c *schema.Capture) any { return c.Malformed },
	"truncated":            func(c *schema.Capture) any { return c.Truncated },
	"snapped":              func(c *schema.Capture) any { return c.Snapped },
	"duplicates":           func(c *schema.Capture) any { return c.Duplicates },
	"out_of_order":         func(c *schema.Capture) any { return c.OutOfOrder },
	"fragments_evicted":    func(c *schema.Capture) any { return c.Evicted },
	"fragments_unresolved": func(c *schema.Capture) any { return c.Unresolved },
	"flows_evicted":        func(c *schema.Capture) any { return c.FlowsEvicted },
	"streams_evicted":      func(c *schema.Capture) any { return c.StreamsEvicted },
	"dropped":              func(c *schema.Capture) any { return c.Dropped },
	"loss_ratio":           func(c *schema.Capture) any { return c.LossRatio },
	"one_way":              func(c *schema.Capture) any { return c.OneWay },
	"first_ts":             func(c *schema.Capture) any { return c.FirstTS },
	"last_ts":              func(c *schema.Capture) any { return c.LastTS },
	"bytes":                func(c *schema.Capture) any { return c.Bytes },
	"stored_bytes":         func(c *schema.Capture) any { return c.StoredBytes },
	"content_hash":         func(c *schema.Capture) any { return c.ContentHash },
	"sha256":               func(c *schema.Capture) any { return textOrNull(c.SHA256) },
	"comments":             func(c *schema.Capture) any { return c.Comments },
	"cut_ns":               func(c *schema.Capture) any { return c.CutNS },
	"options":              func(c *schema.Capture) any { return c.Options },
	"status":               func(c *schema.Capture) any { return c.Status },
	"error":                func(c *schema.Capture) any { return textOrNull(c.Error) },
	"tool_version":         func(c *schema.Capture) any { return c.ToolVersion },
	"schema_version":       func(c *schema.Capture) any { return c.SchemaVersion },
	"rejected_by":          func(c *schema.Capture) any { return mapOrEmpty(c.RejectedBy) },
	"malformed_by":         func(c *schema.Capture) any { return mapOrEmpty(c.MalformedBy) },
	"compression":          func(c *schema.Capture) any { return textOrNull(c.Compression) },
	"interfaces":           func(c *schema.Capture) any { return interfaceNames(c.Interfaces) },
	"interface_info":       func(c *schema.Capture) any { return c.Interfaces },
	"settings":             func(c *schema.Capture) any { return c.Settings },
	"damage":               func(c *schema.Capture) any { return c.Damage },
	"rewritten":            func(c *schema.Capture) any { return c.Rewritten },
}

// interfaceNames are the names of interfaces in their order; null for one without a name.
func interfaceNames(interfaces []schema.Interface) []any {
	var names []any
	for _, i := range interfaces {
		names = append(names, textOrNull(i.Name))
	}
	return names
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func mapOrEmpty(m map[string]int64) map[string]int64 {
	if m == nil {
		return map[string]int64{}
	}
	return m
}
