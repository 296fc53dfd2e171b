package main

import (
	"fmt"
	"os"

	"github.com/cheggaaa/pb/v3"
	"github.com/dustin/go-humanize"
	"github.com/pcaplake/pcaplake/etl"
)

// progressBar shows on a terminal how far a run has come: by bytes, with captures or files, packets per second and the time left.
type progressBar struct {
	bar  *pb.ProgressBar
	what string // is counted: "captures"
}

func newProgressBar(f *os.File, what string) *progressBar {
	bar := pb.ProgressBarTemplate(`{{string . "count"}} {{bar . "[" "=" ">" " " "]"}} {{percent .}} {{string . "rate"}} {{rtime . "%s left"}}`).New(0)
	bar.SetWriter(f).Set(pb.Bytes, true).Set(pb.CleanOnFinish, true)
	return &progressBar{bar.Start(), what}
}

// showProgress begins a bar on a terminal and has it shown what a run is told to report to; nil elsewhere.
func (s streams) showProgress(what string, report *func(etl.Progress)) *progressBar {
	f, ok := terminal(s.err)
	if !ok {
		return nil
	}
	bar := newProgressBar(f, what)
	*report = bar.show
	return bar
}

func (b *progressBar) show(p etl.Progress) {
	b.bar.SetTotal(p.Bytes).SetCurrent(p.BytesDone)
	b.bar.Set("count", fmt.Sprintf("%d/%d %s", p.CapturesDone, p.Captures, b.what))
	if s := p.Elapsed.Seconds(); s > 0 && p.Packets > 0 {
		b.bar.Set("rate", humanize.SIWithDigits(float64(p.Packets)/s, 1, "packets/s"))
	}
}

// finish removes the bar; a nil bar was never shown.
func (b *progressBar) finish() {
	if b != nil {
		b.bar.Finish()
	}
}
