package queries

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Calls answers calls of the functions that this program adds to SQL, for other engines. Close it.
type Calls struct{ enrichment enrichment }

// OpenCalls opens what the functions know of addresses, by Networks, GeoIP and Pseudonyms of the dataset; nothing else of it is read.
func OpenCalls(d *Dataset) (*Calls, error) {
	e, err := openEnrichment(d)
	if err != nil {
		return nil, err
	}
	return &Calls{e}, nil
}

// Close closes the geolocation databases.
func (c *Calls) Close() error { return c.enrichment.close() }

// all are the functions: those of a session but payload_read, which needs captures.
func (c *Calls) all() []*function {
	return slices.Concat(c.enrichment.functions(), networkFunctions(), mergeFunctions())
}

// Serve reads a call a line, a JSON list of the function's name and its arguments, and writes its value as a line of JSON, until there are no more. Whole numbers are
// JSON's, of BIGINT; a BLOB is its hexadecimal text; null among the arguments makes null, and so does what has no value. A call that cannot be read, or fails as the
// function does in SQL, is answered by {"error": text} and the next one goes on. Values go out when no more calls are waiting, so that one who waits for each gets it. Errors
// are those of the streams.
func (c *Calls) Serve(r io.Reader, w io.Writer) error {
	functions := map[string]*function{}
	for _, f := range c.all() {
		functions[f.name] = f
	}
	in, out := bufio.NewReaderSize(r, 1<<16), bufio.NewWriterSize(w, 1<<16)
	encode := json.NewEncoder(out)
	encode.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return out.Flush()
		}
		if err != nil && err != io.EOF {
			return fmt.Errorf("read calls: %w", err)
		}
		value, failed := call(functions, line)
		if failed != nil {
			value = map[string]string{"error": failed.Error()}
		}
		if err := encode.Encode(value); err != nil {
			return fmt.Errorf("write values: %w", err)
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return fmt.Errorf("write values: %w", err)
			}
		}
	}
}

// call answers one line. What makes a function panic is its error, as in SQL.
func call(functions map[string]*function, line []byte) (value any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	var given []json.RawMessage
	if err := json.Unmarshal(line, &given); err != nil {
		return nil, fmt.Errorf("read call: %w", err)
	}
	name := ""
	if len(given) > 0 {
		if err := json.Unmarshal(given[0], &name); err != nil {
			return nil, fmt.Errorf("read call: %w", err)
		}
	}
	f := functions[name]
	if f == nil || len(given) != len(f.params)+1 {
		return nil, fmt.Errorf("no function %s of %d arguments", EscapeText(name), max(len(given)-1, 0))
	}
	args := make([]any, len(f.params))
	for i, text := range given[1:] {
		if string(text) == "null" {
			return nil, nil
		}
		if args[i], err = readArgument(simpleTypes[f.params[i]], text); err != nil {
			return nil, fmt.Errorf("read argument %d of %s: %w", i+1, name, err)
		}
	}
	if f.text != nil {
		value = f.text(args[0].(string))
	} else {
		value = f.value(args)
	}
	if value == "" { // as put makes NULL of it
		return nil, nil
	}
	return value, nil
}

// readArgument reads an argument as a function takes it.
func readArgument(typ string, text []byte) (any, error) {
	if typ == "BIGINT" {
		var n int64
		err := json.Unmarshal(text, &n)
		return n, err
	}
	var s string
	if err := json.Unmarshal(text, &s); err != nil || typ != "BLOB" {
		return s, err
	}
	return hex.DecodeString(s)
}
