package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/parquet/file"
)

// mostColumns is how many columns are named; the others stand together.
const mostColumns = 20

// printColumns prints how many bytes each column of packets takes in the lake of the one large capture.
func (b *bench) printColumns() error {
	folder := b.path("one.lake/packets")
	if _, err := os.Stat(folder); err != nil {
		if _, err := b.ingestOne(); err != nil {
			return err
		}
	}
	sizes, rows := map[string]int64{}, int64(0)
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".parquet") {
			return err
		}
		n, err := columnSizes(path, sizes)
		rows += n
		return err
	})
	if err != nil {
		return err
	}
	names := slices.Collect(maps.Keys(sizes))
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(sizes[b], sizes[a]), cmp.Compare(a, b)) })
	fmt.Println("\n| column of packets | B/packet |\n|---|---|")
	rest := int64(0)
	for i, name := range names {
		if i < mostColumns {
			fmt.Printf("| %s | %.2f |\n", name, float64(sizes[name])/float64(rows))
		} else {
			rest += sizes[name]
		}
	}
	fmt.Printf("| %d others | %.2f |\n", max(len(names)-mostColumns, 0), float64(rest)/float64(rows))
	return nil
}

// columnSizes adds the compressed bytes of a file's columns, dictionaries included, and returns its rows.
func columnSizes(path string, sizes map[string]int64) (rows int64, err error) {
	r, err := file.OpenParquetFile(path, false)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	for g := range r.NumRowGroups() {
		group := r.MetaData().RowGroup(g)
		for c := range group.NumColumns() {
			column, err := group.ColumnChunk(c)
			if err != nil {
				return 0, err
			}
			sizes[column.PathInSchema().String()] += column.TotalCompressedSize()
		}
	}
	return r.NumRows(), nil
}
