package etl

import (
	"context"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// A frameSink takes the frames that are extracted, capture by capture.
type frameSink interface {
	take(from *lake.Manifest, f *capture.Frame, comments []capture.Comment) error
	close(ctx context.Context) error // writes what waited
	discard()                        // gives it up, if it waits
}

func newFrameSink(o *ExtractOptions) frameSink {
	out := newFrameWriter(o)
	if o.ByCapture {
		return &directSink{out}
	}
	return &mergingSink{out: out, options: o}
}

// directSink writes frames as they come.
type directSink struct{ out frameWriter }

func (s *directSink) take(from *lake.Manifest, f *capture.Frame, comments []capture.Comment) error {
	return s.out.write(interfaceOf(from, f), f, comments)
}

func (s *directSink) close(context.Context) error { return s.out.flush() }

func (s *directSink) discard() {}

// interfaceOf is the description of the interface of a frame.
func interfaceOf(from *lake.Manifest, f *capture.Frame) capture.Interface {
	i := capture.Interface{}
	if n := int(f.InterfaceID); n >= 0 && n < len(from.Interfaces) {
		i = capture.Interface(from.Interfaces[n])
	}
	i.LinkType = f.LinkType
	return i
}

// frameWriter writes frames of described interfaces in a format.
type frameWriter interface {
	write(i capture.Interface, f *capture.Frame, comments []capture.Comment) error
	flush() error
}

func newFrameWriter(o *ExtractOptions) frameWriter {
	if o.Pcap {
		return pcapFrames{capture.NewPcapWriter(o.Out)}
	}
	return newPcapngFrames(capture.NewWriter(o.Out, "pcaplake "+o.ToolVersion))
}

type pcapFrames struct{ out *capture.PcapWriter }

func (w pcapFrames) write(_ capture.Interface, f *capture.Frame, _ []capture.Comment) error {
	return w.out.WriteFrame(f)
}

func (w pcapFrames) flush() error { return w.out.Flush() }

// pcapngFrames describe an interface when its first frame comes: interfaces of several captures that say the same are one.
type pcapngFrames struct {
	out        *capture.Writer
	interfaces map[described]int
}

// described is what frames of one interface have in common.
type described struct {
	capture.Interface // without counters
	fcs               int32
}

func newPcapngFrames(out *capture.Writer) *pcapngFrames {
	return &pcapngFrames{out: out, interfaces: map[described]int{}}
}

func (w *pcapngFrames) write(i capture.Interface, f *capture.Frame, comments []capture.Comment) error {
	i.Received, i.Dropped = nil, nil
	key := described{i, f.FCSLen}
	id, known := w.interfaces[key]
	if !known {
		var err error
		if id, err = w.out.AddInterface(i, f.FCSLen); err != nil {
			return err
		}
		w.interfaces[key] = id
	}
	kept := *f
	kept.InterfaceID = int32(id)
	return w.out.WriteFrame(&kept, comments...)
}

func (w *pcapngFrames) flush() error { return w.out.Flush() }
