package main

import (
	"fmt"
	"os"

	"github.com/cheggaaa/pb/v3"
	"github.com/dustin/go-humanize"
	"github.com/pcaplake/pcaplake/etl"
)

// progressBar shows on a terminal how far an ingest has come: by bytes, with captures, packets per second and the time left.
type progressBar struct{ bar *pb.ProgressBar }

func newProgressBar(f *os.File) *progressBar {
	bar := pb.ProgressBarTemplate(`{{string . "captures"}} {{bar . "[" "=" ">" " " "]"}} {{percent .}} {{string . "rate"}} {{rtime . "%s left"}}`).New(0)
	bar.SetWriter(f).Set(pb.Bytes, true).Set(pb.CleanOnFinish, true)
	return &progressBar{bar.Start()}
}

func (b *progressBar) show(p etl.Progress) {
	b.bar.SetTotal(p.Bytes).SetCurrent(p.BytesDone)
	b.bar.Set("captures", fmt.Sprintf("%d/%d captures", p.CapturesDone, p.Captures))
	if s := p.Elapsed.Seconds(); s > 0 {
		b.bar.Set("rate", humanize.SIWithDigits(float64(p.Packets)/s, 1, "packets/s"))
	}
}

// finish removes the bar; a nil bar was never shown.
func (b *progressBar) finish() {
	if b != nil {
		b.bar.Finish()
	}
}
