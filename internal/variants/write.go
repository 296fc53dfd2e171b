package variants

import (
	"errors"
	"fmt"
	"os"

	"github.com/pcaplake/pcaplake/etl/capture"
)

// Write makes the variant of a capture at to, in the pcap format, and of its labels (CSV with times in seconds since 1970) at toLabels: those
// that a packet of the variant is of, ICMP errors left out. The errors are those of the files.
func (v *Variant) Write(from, to, labels, toLabels string) (err error) {
	in, err := capture.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	told, err := readLabels(labels)
	if err != nil {
		return err
	}
	file, err := os.Create(to)
	if err != nil {
		return fmt.Errorf("write capture: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := capture.NewPcapWriter(file)
	var failed error
	emit := func(f *capture.Frame) {
		if failed == nil {
			failed = out.WriteFrame(f)
			told.mark(f)
		}
	}
	first := int64(0)
	for in.Scan() && failed == nil {
		f := *in.Frame()
		if f.No == 1 {
			first = f.TS
			if err := told.rewrite(v, first); err != nil {
				return fmt.Errorf("read labels %s: %w", labels, err)
			}
		}
		f.TS = v.stretched(f.TS, first)
		if v.Frame == nil {
			emit(&f)
		} else {
			v.Frame(&f, emit)
		}
	}
	return errors.Join(in.Err(), failed, out.Flush(), told.write(toLabels))
}

func (v *Variant) stretched(ts, first int64) int64 {
	if v.Stretch == 0 {
		return ts
	}
	return first + (ts-first)*v.Stretch
}
