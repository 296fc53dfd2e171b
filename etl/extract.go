package etl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/lake"
)

// A Pick names a frame of a capture in the lake, as its row of packets does.
type Pick struct {
	CaptureID   string
	FrameNo     int64
	FrameOffset int64
	InterfaceID int32
	HasTS       bool
	TS          int64 // microseconds since 1970-01-01 UTC
	TSExtraNS   int32
	CapLen      int64
}

// ExtractOptions are the knobs of Extract. Lake, State and Out are required.
type ExtractOptions struct {
	Lake        *lake.Lake
	State       *lake.State // that the picks were taken from
	Out         io.Writer
	Archives    []string // folders where captures are looked for that are not where they were
	Pcap        bool     // write pcap, not pcapng
	ByCapture   bool     // leave the frames in the order of the picks; else the captures are merged by time
	TempDir     string   // where frames wait to be merged; "": the system's folder for temporary files
	ToolVersion string
}

// An Extraction is what Extract did.
type Extraction struct {
	Frames   int64         `json:"frames"`
	Captures int           `json:"captures"` // that frames came from
	Bytes    int64         `json:"bytes"`    // of the frames
	Lost     int64         `json:"lost"`     // frames that could not be had
	Errors   []SourceError `json:"errors"`   // captures that could not be read, by their sources
}

// Extract writes the frames that are picked out of their captures, byte for byte, with their times, interfaces, link types and comments. Picks come capture by
// capture, in each in the order of the frames. Captures that are gone are told in Errors, and the others go on. The errors are those of the picks, of writing, and of pcap where it cannot hold the frames (capture.ErrLinkTypes, capture.ErrTime),
// and that of ctx.
func Extract(ctx context.Context, o ExtractOptions, picks iter.Seq2[Pick, error]) (Extraction, error) {
	x := Extraction{Errors: []SourceError{}}
	if Anonymized(o.State) != "" {
		return x, fmt.Errorf("%w: the lake is anonymised: packets out of its captures would name what its rows do not", ErrUsage)
	}
	out := newFrameSink(&o)
	defer out.discard()
	e := &extractor{originals: newOriginals(o.Lake, o.Archives), captures: map[string]*lake.Manifest{}, out: out, told: &x}
	for _, m := range o.State.Manifests() {
		e.captures[m.CaptureID] = m
	}
	if err := o.State.Err(); err != nil {
		return x, err
	}
	defer e.close()
	for pick, err := range picks {
		if err != nil {
			return x, err
		}
		if err := e.pick(ctx, &pick); err != nil {
			return x, err
		}
	}
	e.close()
	return x, out.close(ctx)
}

var errNotInLake = errors.New("the lake does not have this capture")

// An extractor takes picks one after the other.
type extractor struct {
	*originals
	captures map[string]*lake.Manifest // live, by id
	out      frameSink
	told     *Extraction

	id     string // of the capture at hand
	source *lake.Manifest
	stored *original
	picker *capture.Picker // nil: the capture at hand cannot be read
	failed bool            // and that was told
}

func (e *extractor) pick(ctx context.Context, p *Pick) error {
	if p.CaptureID != e.id {
		e.close()
		e.id, e.failed = p.CaptureID, false
		if err := e.open(ctx); err != nil {
			if ended := ctx.Err(); ended != nil {
				return ended
			}
			e.fail(err)
		}
	}
	if e.picker == nil {
		e.told.Lost++
		return nil
	}
	f, comments, err := e.picker.Pick(ctx, p.FrameOffset)
	if err == nil && (int64(len(f.Data)) != p.CapLen || f.HasTS != p.HasTS || f.HasTS && (f.TS != p.TS || f.TSExtraNS != p.TSExtraNS)) {
		err = errOtherContent
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if err != nil {
		e.fail(fmt.Errorf("frame %d: %w", p.FrameNo, err))
		e.told.Lost++
		return nil
	}
	f.No, f.InterfaceID = p.FrameNo, p.InterfaceID
	e.told.Frames++
	e.told.Bytes += int64(len(f.Data))
	return e.out.take(e.source, f, comments)
}

// open opens the capture at hand.
func (e *extractor) open(ctx context.Context) error {
	if e.source = e.captures[e.id]; e.source == nil {
		return errNotInLake
	}
	var err error
	if e.stored, err = e.originals.open(ctx, e.source); err != nil {
		return err
	}
	if e.picker, err = e.originals.picker(e.source, e.stored); err != nil {
		return err
	}
	e.told.Captures++
	return nil
}

// fail gives the capture at hand up, and tells why once.
func (e *extractor) fail(err error) {
	name := e.id
	if e.source != nil {
		name = e.source.Source
	}
	if !e.failed {
		e.told.Errors = append(e.told.Errors, SourceError{name, reason(err)})
	}
	e.failed = true
	e.release()
}

// close ends the capture at hand.
func (e *extractor) close() {
	e.release()
	e.id, e.source = "", nil
}

func (e *extractor) release() {
	if e.picker != nil {
		_ = e.picker.Close() // it only read
		e.picker = nil
	}
	if e.stored != nil {
		e.stored.done()
		e.stored = nil
	}
}

// ExitStatus returns the process exit status of an extraction: 0 done, 1 nothing could be had, 3 some captures could not be read.
func (x *Extraction) ExitStatus() int {
	switch {
	case x.Lost == 0 && len(x.Errors) == 0:
		return exitDone
	case x.Frames == 0 && x.Lost > 0:
		return exitFailed
	}
	return exitPartial
}
