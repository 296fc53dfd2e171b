package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pcaplake/pcaplake/internal/traffic"
)

// growth loads captures of a tenth, once and eight times the size.
func (b *bench) growth() (string, error) {
	var parts []string
	for _, frames := range []int{b.frames / 10, b.frames, 8 * b.frames} {
		path := b.path(fmt.Sprintf("one-%d.pcap", frames))
		if frames > b.frames {
			path = b.path(fmt.Sprintf("large-%d.pcap", frames))
		}
		if err := traffic.WriteCapture(path, frames, 1, 1_768_435_200); err != nil {
			return "", err
		}
		c, err := b.ingest("growth.lake", path)
		if err != nil {
			return "", err
		}
		parts = append(parts, fmt.Sprintf("%.2f us", c.wall.Seconds()*1e6/float64(frames)))
	}
	return strings.Join(parts, ", "), nil
}

// captures loads a tenth of the small captures, and all.
func (b *bench) captures() (string, error) {
	if _, err := b.small(); err != nil {
		return "", err
	}
	var parts []string
	for _, n := range []int{smallCaptures / 10, smallCaptures} {
		var sources []string
		for i := range n {
			sources = append(sources, filepath.Join(b.path("small"), fmt.Sprintf("%04d.pcap", i)))
		}
		c, err := b.ingest("growth.lake", sources...)
		if err != nil {
			return "", err
		}
		parts = append(parts, fmt.Sprintf("%.2f ms", c.wall.Seconds()*1e3/float64(n)))
	}
	return strings.Join(parts, ", "), nil
}
