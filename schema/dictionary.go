package schema

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"net/netip"
	"unsafe"
)

// dictionary finds the numbers that the distinct keys of a column have. Open addressing with the keys in the table: two to three times
// faster than a map.
type dictionary struct {
	slots []slot
	shift int // of a hash, to a slot
	count int
}

// slot holds one key of up to 128 bits.
type slot struct {
	hi, lo uint64
	number int32 // from 1; 0: free
}

const firstSlots = 1 << 10

// find returns the place of a key; when its number is 0 it is new, and the caller numbers it.
func (d *dictionary) find(hi, lo uint64) *slot {
	if 2*d.count >= len(d.slots) {
		d.grow()
	}
	mask := len(d.slots) - 1
	for at := int(mix(hi, lo) >> d.shift); ; at = (at + 1) & mask {
		s := &d.slots[at]
		if s.number == 0 {
			d.count++
			s.hi, s.lo = hi, lo
			return s
		}
		if s.lo == lo && s.hi == hi {
			return s
		}
	}
}

// dictionary4 is dictionary for IPv4 addresses, which most keys are: with a third of its memory, more of it is in the processor's caches.
type dictionary4 struct {
	slots []slot4
	shift int
	count int
}

type slot4 struct {
	key    uint32
	number int32 // from 1; 0: free
}

// find is dictionary's.
func (d *dictionary4) find(key uint32) *slot4 {
	if 2*d.count >= len(d.slots) {
		d.grow()
	}
	s := d.place(key)
	if s.number == 0 {
		d.count++
		s.key = key
	}
	return s
}

// place returns the slot of a key, or the free one where it belongs.
func (d *dictionary4) place(key uint32) *slot4 {
	mask := len(d.slots) - 1
	for at := int(mix(0, uint64(key)) >> d.shift); ; at = (at + 1) & mask {
		if s := &d.slots[at]; s.number == 0 || s.key == key {
			return s
		}
	}
}

func (d *dictionary4) grow() {
	old := d.slots
	size := max(firstSlots, 2*len(old))
	d.slots, d.shift = make([]slot4, size), 64-bits.TrailingZeros(uint(size))
	for _, s := range old {
		if s.number != 0 {
			*d.place(s.key) = s
		}
	}
}

func (d *dictionary4) reset() {
	if len(d.slots) > maxKeptSlots {
		d.slots = nil
	}
	clear(d.slots)
	d.count = 0
}

// seeds make the places of keys unknown to whoever sends packets, so that nobody can choose addresses that all fall on one. The numbers of keys,
// and with them the bytes of files, depend on the order of the keys alone.
var seeds = [2]uint64{rand.Uint64(), rand.Uint64()}

func mix(hi, lo uint64) uint64 {
	a, b := bits.Mul64(lo^seeds[0], hi^seeds[1])
	return (a ^ b) * 0x9e3779b97f4a7c15
}

func (d *dictionary) grow() {
	old := d.slots
	size := max(firstSlots, 2*len(old))
	d.slots, d.shift = make([]slot, size), 64-bits.TrailingZeros(uint(size))
	for _, s := range old {
		if s.number == 0 {
			continue
		}
		at := int(mix(s.hi, s.lo) >> d.shift)
		for d.slots[at].number != 0 {
			at = (at + 1) & (size - 1)
		}
		d.slots[at] = s
	}
}

// maxKeptSlots is how large a table may be to be used again: to clear a large one costs more than it saves.
const maxKeptSlots = 1 << 14

func (d *dictionary) reset() {
	if len(d.slots) > maxKeptSlots {
		d.slots = nil
	}
	clear(d.slots)
	d.count = 0
}

// texts are the values of a column of text: the distinct ones once, in the order in which they came, and a number per value.
type texts struct {
	numbers []int32
	data    []byte           // of the distinct values, one after the other
	ends    []int32          // of each in data
	keys    dictionary       // of addresses and hardware addresses
	keys4   dictionary4      // of IPv4 addresses
	strings map[string]int32 // of values that are strings

	recent   [64]recentString // most strings are constants: told by where their bytes lie, they need no hash
	lastAddr netip.Addr       // neighbours often have the same
	last     int32

	mask *textMask // of an anonymised lake: keys are the values, data what stands for them; nil: they are the same
}

// recentString is a string and its number, by the place of its bytes.
type recentString struct {
	text   string
	number int32
}

// size is how many bytes the values take, and the distinct ones, in Parquet's plain encoding.
func (t *texts) size() (all, distinct int) {
	const length = 4
	for _, n := range t.numbers {
		all += length + len(t.value(n))
	}
	return all, length*len(t.ends) + len(t.data)
}

func (t *texts) value(number int32) []byte {
	if number == 0 {
		return t.data[:t.ends[0]]
	}
	return t.data[t.ends[number-1]:t.ends[number]]
}

// end closes a new value, whose bytes were appended to data, and returns how many there are now: its number, from 1.
func (t *texts) end() int32 {
	t.ends = append(t.ends, int32(len(t.data)))
	return int32(len(t.ends))
}

func (t *texts) put(number int32) {
	t.last = number
	t.numbers = append(t.numbers, number)
}

func (t *texts) string(s string) {
	at := unsafe.StringData(s)
	r := &t.recent[uintptr(unsafe.Pointer(at))>>4%uintptr(len(t.recent))]
	if unsafe.StringData(r.text) != at || len(r.text) != len(s) || s == "" {
		n, ok := t.strings[s]
		switch {
		case t.mask != nil:
			n = t.number(t.mask.append(nil, []byte(s)))
		case !ok:
			n = t.add(s)
		}
		*r = recentString{s, n}
	}
	t.numbers = append(t.numbers, r.number)
}

// view is string for bytes that are not kept: until recent is cleared, what lies where another text lay is that text.
func (t *texts) view(b []byte) {
	at := unsafe.SliceData(b)
	r := &t.recent[uintptr(unsafe.Pointer(at))>>2%uintptr(len(t.recent))]
	if unsafe.StringData(r.text) != at || len(r.text) != len(b) || len(b) == 0 {
		*r = recentString{unsafe.String(at, len(b)), t.number(b)}
	}
	t.numbers = append(t.numbers, r.number)
}

func (t *texts) bytes(b []byte) {
	if t.mask != nil {
		b = t.mask.append(nil, b)
	}
	t.put(t.number(b))
}

// number returns the number of a text, which is new where only addresses were told by it.
func (t *texts) number(b []byte) int32 {
	if n, ok := t.strings[string(b)]; ok {
		return n
	}
	return t.add(string(b))
}

func (t *texts) add(s string) int32 {
	if t.strings == nil {
		t.strings = map[string]int32{}
	}
	t.data = append(t.data, s...)
	n := t.end() - 1
	t.strings[s] = n
	return n
}

// renumber numbers the values anew in the order in which they come now, as if no others had been there. Nothing can be taken after it
// before a reset.
func (t *texts) renumber() {
	var data []byte
	var ends []int32
	renumbered := map[string]int32{}
	for i, old := range t.numbers {
		text := t.value(old)
		n, ok := renumbered[string(text)]
		if !ok {
			n = int32(len(ends))
			renumbered[string(text)] = n
			data = append(data, text...)
			ends = append(ends, int32(len(data)))
		}
		t.numbers[i] = n
	}
	t.data, t.ends = data, ends
}

// addr takes an address; a zone, which no packet has, is not kept.
func (t *texts) addr(a netip.Addr) {
	if a == t.lastAddr {
		t.numbers = append(t.numbers, t.last)
		return
	}
	number := t.addrNumber(a)
	if *number == 0 {
		shown := a
		if t.mask != nil {
			shown = t.mask.Addr(a)
		}
		t.data = shown.AppendTo(t.data)
		*number = t.end()
	}
	t.lastAddr = a
	t.put(*number - 1)
}

func (t *texts) addrNumber(a netip.Addr) *int32 {
	if a.Is4() {
		b := a.As4()
		return &t.keys4.find(binary.BigEndian.Uint32(b[:])).number
	}
	b := a.As16()
	return &t.keys.find(binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])).number
}

func (t *texts) mac(m MAC) {
	at := t.keys.find(0, uint64(binary.BigEndian.Uint32(m[:]))<<16|uint64(binary.BigEndian.Uint16(m[4:])))
	if at.number == 0 {
		if t.mask != nil {
			m = t.mask.MAC(m)
		}
		t.data = m.AppendTo(t.data)
		at.number = t.end()
	}
	t.put(at.number - 1)
}

func (t *texts) reset() {
	t.numbers, t.data, t.ends = t.numbers[:0], t.data[:0], t.ends[:0]
	t.keys.reset()
	t.keys4.reset()
	clear(t.strings)
	clear(t.recent[:])
	t.lastAddr, t.mask = netip.Addr{}, nil
}
