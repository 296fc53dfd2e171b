package decode_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// difference is one cell in which decode and tshark do not agree.
type difference struct {
	file   string
	frame  int64
	column string
	ours   string
	theirs string
	row    ours
	fields theirs
}

func (d *difference) String() string {
	return fmt.Sprintf("%s frame %d: %s %q, tshark %q (%s; %s)", d.file, d.frame, d.column, d.ours, d.theirs,
		d.row.packet.Protocols, d.fields["frame.protocols"])
}

// TestDifferential compares every column that tshark knows, row by row, with what tshark makes of the same frames.
func TestDifferential(t *testing.T) {
	program, files := tshark(t), differentialFiles(t)
	var mu sync.Mutex
	var all []*difference
	t.Run("files", func(t *testing.T) {
		for _, c := range files {
			t.Run(c.Rel, func(t *testing.T) {
				t.Parallel()
				ds, err := compare(program, c)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				all = append(all, ds...)
			})
		}
	})
	if out := os.Getenv("DIFFS"); out != "" {
		f, _ := os.Create(out)
		for _, d := range all {
			fmt.Fprintf(f, "%s\t%q\t%q\t%s\t%d\t%s\t%s\t%s\t%s\n", d.column, d.ours, d.theirs, d.file, d.frame, d.row.packet.Protocols, d.fields["frame.protocols"], d.row.packet.Malformed, d.row.packet.ChksumNote)
		}
		f.Close()
	}
	_ = slices.Sort[[]int]
}

// compare decodes a capture twice, here and there.
func compare(program string, c shared.Capture) ([]*difference, error) {
	r, err := capture.Open(c.Path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	columns := columns()
	fields := []string{"frame.number", "frame.protocols"}
	for _, c := range columns {
		for _, f := range c.fields {
			if !slices.Contains(fields, f) {
				fields = append(fields, f)
			}
		}
	}
	d, rows := decode.New(decode.Options{CaptureID: "c", Sensor: "s"}), new(decode.Rows)
	var out []*difference
	v := make(theirs, len(fields))
	err = dissect(program, c.Path, fields, func(values []string) error {
		if len(values) != len(fields) {
			return fmt.Errorf("read tshark's fields: %d of %d", len(values), len(fields))
		}
		for i, f := range fields {
			v[f] = values[i]
		}
		if !r.Scan() {
			return nil
		}
		f := r.Frame()
		if strconv.FormatInt(f.No, 10) != values[0] {
			return fmt.Errorf("frame %d here is frame %s there", f.No, values[0])
		}
		*rows = decode.Rows{}
		d.Decode(f, rows)
		o := ours{packet: &rows.Packets[0]}
		if len(rows.ARPs) > 0 {
			o.arp = &rows.ARPs[0]
		}
		if len(rows.DNSs) > 0 {
			o.dns = &rows.DNSs[0]
		}
		for _, col := range columns {
			mine, other := col.ours(&o), col.theirs(v)
			if mine != other && other != unknown {
				copied := theirs{}
				for k, x := range v {
					if x != "" {
						copied[k] = x
					}
				}
				out = append(out, &difference{c.Rel, f.No, col.name, mine, other, o, copied})
			}
		}
		return nil
	})
	return out, err
}

func differentialFiles(t *testing.T) []shared.Capture {
	var out []shared.Capture
	n, _ := strconv.Atoi(os.Getenv("EVERY"))
	if n == 0 {
		n = 8
	}
	for i, c := range shared.Captures(t) {
		if i%n == 0 && c.Capinfos > 0 {
			out = append(out, c)
		}
	}
	return out
}
