package flow

import (
	"testing"
	"unsafe"
)

// TestMemory holds what the comment at DefaultOpen promises.
func TestMemory(t *testing.T) {
	const (
		records = DefaultOpen * unsafe.Sizeof(record{})
		sides   = DefaultOpen * 3 / 2 * unsafe.Sizeof(side{})
		blocks  = maxBlocks * unsafe.Sizeof(block{})
	)
	var p places
	for n := range DefaultOpen {
		p = p.grown(n)
	}
	table := uintptr(len(p)) * unsafe.Sizeof(place{})
	total := records + sides + blocks + table
	t.Logf("%d bytes per flow, %d per direction, %d per direction with holes; %d MB in all", unsafe.Sizeof(record{}), unsafe.Sizeof(side{}), unsafe.Sizeof(block{}), total>>20)
	if total > 100<<20 {
		t.Errorf("%d MB when everything is full, more than 100", total>>20)
	}
}
