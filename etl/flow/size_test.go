package flow

import (
	"testing"
	"unsafe"
)

// TestMemory holds what the comment at maxOpen promises.
func TestMemory(t *testing.T) {
	const (
		records = maxOpen * unsafe.Sizeof(record{})
		sides   = maxSides * unsafe.Sizeof(side{})
		blocks  = maxBlocks * unsafe.Sizeof(block{})
	)
	table := uintptr(len(newPlaces(maxOpen))) * unsafe.Sizeof(place{})
	total := records + sides + blocks + table
	t.Logf("%d bytes per flow, %d per direction, %d per direction with holes; %d MB in all", unsafe.Sizeof(record{}), unsafe.Sizeof(side{}), unsafe.Sizeof(block{}), total>>20)
	if total > 160<<20 {
		t.Errorf("%d MB when everything is full, more than 160", total>>20)
	}
}
