package main

import (
	"fmt"
	"strings"

	"github.com/pcaplake/pcaplake/internal/traffic"
)

// growth loads captures of a tenth, once and eight times the size.
func (b *bench) growth() (string, error) {
	tenth := b.path(fmt.Sprintf("one-%d.pcap", b.frames/10))
	if err := traffic.WriteCapture(tenth, b.frames/10, 1, 1_768_435_200); err != nil {
		return "", err
	}
	one, _, err := b.one()
	if err != nil {
		return "", err
	}
	large, err := b.large()
	if err != nil {
		return "", err
	}
	var parts []string
	for _, at := range []struct {
		path   string
		frames int
	}{{tenth, b.frames / 10}, {one, b.frames}, {large, 8 * b.frames}} {
		c, err := b.ingest("growth.lake", at.path)
		if err != nil {
			return "", err
		}
		parts = append(parts, fmt.Sprintf("%.2f us", c.wall.Seconds()*1e6/float64(at.frames)))
	}
	return strings.Join(parts, ", "), nil
}

// captures loads a tenth of the small captures, and all.
func (b *bench) captures() (string, error) {
	var parts []string
	for _, n := range []int{smallCaptures / 10, smallCaptures} {
		sources, err := b.smallOnes(n)
		if err != nil {
			return "", err
		}
		c, err := b.ingest("growth.lake", sources...)
		if err != nil {
			return "", err
		}
		parts = append(parts, fmt.Sprintf("%.2f ms", c.wall.Seconds()*1e3/float64(n)))
	}
	return strings.Join(parts, ", "), nil
}
