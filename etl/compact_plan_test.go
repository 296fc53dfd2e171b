package etl

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// sized are files of so many MiB, in order.
func sized(sizes ...int) []lake.LiveFile {
	files := make([]lake.LiveFile, len(sizes))
	for i, mib := range sizes {
		first := int64(i)
		files[i].File = lake.File{Name: fmt.Sprintf("t/sensor=s/date=d/%03d-o-0.parquet", i), Bytes: int64(mib) << 20, MinTS: &first, MaxTS: &first}
	}
	return files
}

func TestRunsOf(t *testing.T) {
	for _, c := range []struct {
		name  string
		sizes []int
		least int
		want  [][]int // the sizes of each run
	}{
		{"nothing", nil, 0, nil},
		{"one", []int{5}, 0, nil},
		{"two alike", []int{5, 5}, 0, [][]int{{5, 5}}},
		{"two unlike", []int{20, 9}, 0, nil},
		{"small ones weigh alike", []int{7, 0}, 0, [][]int{{7, 0}}},
		{"the large one waits", []int{60, 5, 6, 7}, 0, [][]int{{5, 6, 7}}},
		{"until there is as much", []int{60, 20, 20, 20}, 0, [][]int{{60, 20, 20, 20}}},
		{"fewer than asked for", []int{5, 5, 5}, 4, nil},
		{"not above the aim", []int{60, 60, 60, 60, 60, 60}, 0, [][]int{{60, 60, 60, 60}, {60, 60}}},
	} {
		var got [][]int
		for _, run := range runsOf(sized(c.sizes...), c.least) {
			var sizes []int
			for _, f := range run {
				sizes = append(sizes, int(f.Bytes>>20))
			}
			got = append(got, sizes)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.name, diff)
		}
	}
}

// TestRewrites simulates years of compactions as captures come: how often a byte is written anew, and how many files stay, are bounded.
func TestRewrites(t *testing.T) {
	for _, mib := range []int{1, 3, 5, 20, 50} {
		var files []lake.LiveFile
		ingested, rewritten, most := int64(0), int64(0), 0
		for i := range 3000 {
			f := sized(mib + i%3)[0]
			at := int64(i)
			f.Name, f.MinTS = fmt.Sprintf("t/sensor=s/date=d/%05d-o-0.parquet", i), &at
			files, ingested = append(files, f), ingested+f.Bytes
			small, large := files[:0:0], files[:0:0]
			for _, f := range files {
				if f.Bytes < compactSmall {
					small = append(small, f)
				} else {
					large = append(large, f)
				}
			}
			gone := map[string]bool{}
			for _, run := range runsOf(small, 0) {
				merged := run[0]
				merged.Name, merged.Bytes = "t/sensor=s/date=d/m"+run[0].Name[18:], 0
				for _, f := range run {
					merged.Bytes += f.Bytes
					gone[f.Name] = true
				}
				rewritten += merged.Bytes
				large = append(large, merged)
			}
			for _, f := range small {
				if !gone[f.Name] {
					large = append(large, f)
				}
			}
			files = large
			most = max(most, len(files)-int(ingested/compactSmall))
		}
		if times := float64(rewritten) / float64(ingested); times > 8 || most > 8 {
			t.Errorf("captures of %d MiB: each byte is written %.1f times anew, %d files beyond the full ones", mib, times, most)
		}
	}
}

func TestInOrder(t *testing.T) {
	at := func(name string, first int64) lake.LiveFile {
		return lake.LiveFile{File: lake.File{Name: name, MinTS: &first}}
	}
	ordered := []lake.LiveFile{
		{File: lake.File{Name: "t/sensor=s/date=d/zz-o-0.parquet"}}, // without a time
		at("t/sensor=s/date=d/b-o-0.parquet", 1), at("t/sensor=s/date=d/a-o-2.parquet", 2), at("t/sensor=s/date=d/a-o-10.parquet", 2), at("t/sensor=s/date=d/b-o-1.parquet", 2),
	}
	for i := range ordered {
		for j := range ordered {
			if got, want := inOrder(ordered[i], ordered[j]), min(max(i-j, -1), 1); got != want {
				t.Errorf("%s to %s: %d, want %d", ordered[i].Name, ordered[j].Name, got, want)
			}
		}
	}
}
