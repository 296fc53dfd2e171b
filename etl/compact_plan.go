package etl

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/schema"
)

// What is merged. A file is read again only while it is small, and only together with as many bytes of others as it has itself: from first to last a
// row is written about log2(compactSmall/compactLeast) + 2 times, however often compact runs, and files that small stay few.
const (
	compactAim   = 256 << 20      // bytes of inputs that go into one file at most
	compactSmall = 64 << 20       // files of this many bytes are left alone
	compactLeast = 8 << 20        // smaller files weigh as much as this: to write them again takes a second
	compactAge   = 24 * time.Hour // captures that are in the lake for less than this are left alone: they may still grow
)

// planCompaction returns the merges that are worth making, by table, sensor and date. Young are the content hashes of captures to be left alone.
func planCompaction(s *lake.State, young map[string]bool, o *CompactOptions) []*rewrite {
	type partition struct{ table, sensor, date string }
	partitions := map[partition][]lake.LiveFile{}
	for _, f := range s.LiveFiles() {
		if f.Bytes >= compactSmall || o.Table != "" && f.Table != o.Table || f.Capture != nil && young[f.Capture.ContentHash] {
			continue
		}
		of := partition{f.Table, f.Sensor, f.Date}
		partitions[of] = append(partitions[of], f)
	}
	var merges []*rewrite
	for of, files := range partitions {
		table, ok := mergeable(of.table)
		if !ok {
			continue
		}
		for _, run := range runsOf(files, o.MinFiles) {
			merges = append(merges, &rewrite{table: table, sensor: of.sensor, date: of.date, inputs: run, jobs: o.Jobs})
		}
	}
	slices.SortFunc(merges, func(a, b *rewrite) int {
		return cmp.Or(cmp.Compare(a.table.Name, b.table.Name), cmp.Compare(a.sensor, b.sensor), cmp.Compare(a.date, b.date), inOrder(a.inputs[0], b.inputs[0]))
	})
	return merges
}

// runsOf cuts the small files of a partition into runs, each to become one file; those that are not worth it are left out.
func runsOf(files []lake.LiveFile, least int) [][]lake.LiveFile {
	slices.SortFunc(files, inOrder)
	var runs [][]lake.LiveFile
	begin, bytes := 0, int64(0)
	for i := range files {
		if bytes+files[i].Bytes > compactAim {
			runs, begin, bytes = append(runs, files[begin:i]), i, 0
		}
		bytes += files[i].Bytes
	}
	runs = append(runs, files[begin:])
	worth := runs[:0]
	for _, run := range runs {
		if run = worthwhile(run); len(run) >= max(2, least) {
			worth = append(worth, run)
		}
	}
	return worth
}

// worthwhile leaves out the largest files until none weighs more than all others together.
func worthwhile(run []lake.LiveFile) []lake.LiveFile {
	run = slices.Clone(run)
	for len(run) > 1 {
		all, largest := int64(0), 0
		for i := range run {
			if all += weight(&run[i]); run[i].Bytes > run[largest].Bytes {
				largest = i
			}
		}
		if 2*weight(&run[largest]) <= all {
			break
		}
		run = slices.Delete(run, largest, largest+1)
	}
	return run
}

func weight(f *lake.LiveFile) int64 { return max(f.Bytes, compactLeast) }

// inOrder orders the files of a partition: by first time, capture, options and part.
func inOrder(a, b lake.LiveFile) int {
	aBase, aPart := baseAndPart(a.Name)
	bBase, bPart := baseAndPart(b.Name)
	return cmp.Or(cmp.Compare(firstOf(&a), firstOf(&b)), cmp.Compare(aBase, bBase), cmp.Compare(aPart, bPart), cmp.Compare(a.Name, b.Name))
}

func firstOf(f *lake.LiveFile) int64 {
	if f.MinTS == nil {
		return schema.NoTime
	}
	return *f.MinTS
}

// baseAndPart divides what BaseName put together.
func baseAndPart(name string) (string, int) {
	base := strings.TrimSuffix(path.Base(name), ".parquet")
	at := strings.LastIndexByte(base, '-')
	part, _ := strconv.Atoi(base[at+1:]) // 0 where it is no name of ours: the whole name decides
	return base[:max(at, 0)], part
}
