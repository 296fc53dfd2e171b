// Package enrich says what is known of an address, a hardware address or a port outside the capture: the networks that a user declared,
// geolocation databases on disk, and the registries of the IEEE and IANA. Nothing of it asks the network.
package enrich

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// Source is where an enrichment comes from.
type Source struct {
	Kind    string // networks, geoip, vendors or services
	Name    string // of the file or the registry
	Date    string // when it was made, 2006-01-02; "": unknown
	Entries int64  // how many it holds; of a geolocation database: the nodes of its tree
}

//go:generate go run ../../internal/registries data

var (
	//go:embed data/vendors.tsv.zst
	vendorData []byte
	//go:embed data/services.tsv.zst
	serviceData []byte
)

// registry is an embedded table: rows by key.
type registry struct {
	source Source
	rows   map[string]string
}

// A row of vendors is prefix and name; a row of services is port, protocol and name, of which the first two are the key.
var (
	vendors  = sync.OnceValue(func() registry { return mustLoad("vendors", vendorData) })
	services = sync.OnceValue(func() registry { return mustLoad("services", serviceData) })
)

func mustLoad(kind string, data []byte) registry {
	r, err := load(kind, data)
	if err != nil {
		panic(fmt.Sprintf("read embedded table %s: %v", kind, err)) // built in, and read by a test
	}
	return r
}

// load reads a table: its first line is source, date and package, the last field of every other line its value and what is before it its key.
func load(kind string, data []byte) (registry, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return registry{}, err
	}
	defer dec.Close()
	text, err := dec.DecodeAll(data, nil)
	if err != nil {
		return registry{}, err
	}
	head, body, _ := bytes.Cut(text, []byte("\n"))
	about := strings.Split(string(head), "\t")
	if len(about) != 3 {
		return registry{}, fmt.Errorf("the first line is %q", head)
	}
	r := registry{source: Source{Kind: kind, Name: about[0], Date: about[1]}, rows: make(map[string]string, bytes.Count(body, []byte("\n")))}
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSuffix(line, "\n")
		if at := strings.LastIndexByte(line, '\t'); at > 0 {
			r.rows[line[:at]] = line[at+1:]
		}
	}
	r.source.Entries = int64(len(r.rows))
	return r, nil
}

// Registries returns the sources that are built in.
func Registries() []Source { return []Source{vendors().source, services().source} }
