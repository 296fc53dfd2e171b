package schema_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/schema"
)

// TestReadStats: the footer of every table says what its writer said; rows without a time give none.
func TestReadStats(t *testing.T) {
	for _, rows := range []int{1, 1000, schema.RowGroup + 7} {
		packets := make([]schema.Packet, rows)
		for i := range packets {
			packets[i] = schema.Packet{FrameNo: int64(i + 1), TS: int64(i*i%1009) - 500}
			if i%3 == 1 {
				packets[i].TS = schema.NoTime
			}
		}
		b, want := write(t, schema.Packets, packets, 1)
		holdStats(t, b, want)
	}
	b, want := write(t, schema.Packets, []schema.Packet{{TS: schema.NoTime}}, 1)
	if want.MinTS != schema.NoTime {
		t.Errorf("a row without a time: %+v", want)
	}
	holdStats(t, b, want)
	for _, sample := range rowgen.Samples(2000, 7) {
		var b bytes.Buffer
		if err := sample.Write(&b); err != nil {
			t.Fatal(err)
		}
		if got, err := schema.ReadStats(bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil || got.Rows != 2000 || got.MinTS > got.MaxTS {
			t.Errorf("%s: %+v, %v", sample.Table.Name, got, err)
		}
	}
}

func holdStats(t *testing.T, b []byte, want schema.FileStats) {
	t.Helper()
	got, err := schema.ReadStats(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%d rows: -writer +footer\n%s", want.Rows, diff)
	}
}
