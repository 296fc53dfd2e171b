package schema_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/schema"
)

// TestEveryLength writes tables of every small number of rows, since runs, groups of eight and blocks of 128 end in the middle.
func TestEveryLength(t *testing.T) {
	rows := rowgen.Packets(300, 8)
	for n := 1; n <= len(rows); n += 1 + n/40 {
		t.Run(fmt.Sprint(n), func(t *testing.T) { checkRoundTrip(t, schema.Packets, rows[:n]) })
	}
}

// TestRuns writes values and NULLs in runs of random length around a group of eight.
func TestRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var rows []schema.DNS
	for len(rows) < 5000 {
		run := schema.DNS{
			Message: schema.Message{FrameNo: r.Int64(), FlowID: r.Int64N(2), TS: r.Int64() >> 12}, QType: r.Int32N(4), HasQuestion: r.IntN(2) == 0, QName: []byte{byte('a' + r.IntN(26))},
			HasTrailing: r.IntN(2) == 0, TrailingBytes: r.Int64N(3), Response: r.IntN(2) == 0,
		}
		rows = append(rows, slices.Repeat([]schema.DNS{run}, 1+r.IntN(20))...)
	}
	checkRoundTrip(t, schema.DNSs, rows)
}

// TestAddressesApart holds that addresses whose last bytes are the same stay apart in one column.
func TestAddressesApart(t *testing.T) {
	var rows []schema.ARP
	for _, text := range []string{"192.0.2.1", "::ffff:192.0.2.1", "::c000:201", "::1:0:c000:201", "0:0:0:1:0:ffff:c000:201", "192.0.2.1", "::ffff:192.0.2.1"} {
		rows = append(rows, schema.ARP{SenderIP: netip.MustParseAddr(text), TS: schema.NoTime})
	}
	checkRoundTrip(t, schema.ARPs, slices.Repeat(rows, 20))
}

// TestManyTexts writes more distinct texts than a dictionary pays for, one as long as a page, and empty ones.
func TestManyTexts(t *testing.T) {
	rows := make([]schema.DNS, 3000)
	for i := range rows {
		rows[i] = schema.DNS{HasQuestion: i%7 != 0, QName: []byte(fmt.Sprintf("%d.example", i)), Message: schema.Message{TS: schema.NoTime}}
	}
	rows[5].QName = slices.Repeat([]byte("long."), 300_000)
	rows[6].QName = []byte{}
	checkRoundTrip(t, schema.DNSs, rows)
}
