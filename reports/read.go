package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"
)

// Read reads a report.json of this SchemaVersion; the page that is made of it is the one that was made with it, byte for byte.
func Read(in io.Reader) (*Report, error) {
	r := &Report{}
	if err := json.NewDecoder(in).Decode(r); err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	if r.Schema != SchemaVersion {
		return nil, fmt.Errorf("read report: it has schema version %d, and this program reads %d: make it again from its lake", r.Schema, SchemaVersion)
	}
	return r, nil
}

// ReadSummary reads the title and the summary of a report.json, and no more of it.
func ReadSummary(in io.Reader) (title string, s Summary, err error) {
	d := json.NewDecoder(in)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return "", s, fmt.Errorf("read report: it is no JSON object (%w)", orEOF(err))
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return "", s, fmt.Errorf("read report: %w", err)
		}
		var value any = new(json.RawMessage)
		switch name {
		case "title":
			value = &title
		case "summary":
			value = &s
		}
		if err := d.Decode(value); err != nil {
			return "", s, fmt.Errorf("read report: %w", err)
		}
		if name == "summary" {
			return title, s, nil
		}
	}
	return "", s, fmt.Errorf("read report: it has no summary: it was made by an older program")
}

// orEOF is err, or io.ErrUnexpectedEOF where there is none.
func orEOF(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readValue reads a value of a DuckDB type as queries.Result.Row has it.
func readValue(text json.RawMessage, typ string) (any, error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	switch {
	case strings.HasPrefix(typ, "TIMESTAMP") && !strings.HasSuffix(typ, "]"):
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, err
		}
		t, err := time.Parse(time.RFC3339Nano, s)
		return t.UTC(), err
	case text[0] == '[' || text[0] == '{':
		var compact bytes.Buffer
		err := json.Compact(&compact, text)
		return compact.String(), err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if n, ok := value.(json.Number); ok {
		return readNumber(n, typ)
	}
	return value, nil
}

// readNumber reads a number: whole ones as int64 or *big.Int, DECIMAL as it stands, others as float64.
func readNumber(n json.Number, typ string) (any, error) {
	switch {
	case strings.HasPrefix(typ, "DECIMAL"):
		return n, nil
	case typ == "DOUBLE" || typ == "FLOAT":
		return n.Float64()
	}
	if i, err := n.Int64(); err == nil {
		return i, nil
	}
	if b, ok := new(big.Int).SetString(n.String(), 10); ok {
		return b, nil
	}
	return n.Float64()
}
