package capture

import "math/bits"

// The seconds since 1970 that DuckDB's TIMESTAMP holds in microseconds, with room for a second of carry.
const (
	minSeconds = -9_223_372_022_400 + 1
	maxSeconds = 9_223_372_036_854 - 2
)

// clock turns an interface's time stamps into microseconds and nanoseconds.
type clock struct {
	binary   bool // ticks of 2^-exponent seconds instead of 10^-exponent
	exponent uint
	perSec   uint64 // ticks in a second; 0 when that passes 64 bits
	offset   int64  // seconds added to every stamp (if_tsoffset)
}

// newClock takes the if_tsresol octet (pcapng: high bit set means a power of two) and if_tsoffset.
func newClock(resolution byte, offset int64) clock {
	c := clock{binary: resolution&0x80 != 0, exponent: uint(resolution & 0x7f), offset: offset}
	switch {
	case c.binary && c.exponent < 64:
		c.perSec = 1 << c.exponent
	case !c.binary && c.exponent < 20:
		c.perSec = power10(c.exponent)
	}
	return c
}

func power10(n uint) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

// set writes the time of so many ticks into the frame and reports whether something finer than a nanosecond was cut.
func (c clock) set(f *Frame, ticks uint64) (cut bool) {
	sec, ns, cut := c.split(ticks)
	setTime(f, sec, c.offset, ns)
	return cut
}

// split divides ticks into seconds and nanoseconds.
func (c clock) split(ticks uint64) (sec uint64, ns int64, cut bool) {
	switch {
	case c.perSec != 0:
		hi, lo := bits.Mul64(ticks%c.perSec, 1e9)
		q, r := bits.Div64(hi, lo, c.perSec) // hi < perSec, since the rest is
		return ticks / c.perSec, int64(q), r != 0
	case c.binary:
		hi, lo := bits.Mul64(ticks, 1e9) // in units of 2^-exponent ns; less than a second
		shift := c.exponent - 64
		return 0, int64(hi >> shift), lo != 0 || hi&(1<<shift-1) != 0
	case c.exponent-9 < 20:
		unit := power10(c.exponent - 9)
		return 0, int64(ticks / unit), ticks%unit != 0
	default:
		return 0, 0, ticks != 0
	}
}

// setTime writes seconds, an offset to them and 0 to 999,999,999 nanoseconds into the frame. What DuckDB's TIMESTAMP cannot hold
// leaves the frame without a time, marked suspect.
func setTime(f *Frame, sec uint64, offset, ns int64) {
	total := int64(sec) + offset
	outside := sec > maxSeconds*2 || offset > maxSeconds || offset < 2*minSeconds || total < minSeconds || total > maxSeconds
	f.HasTS, f.TSSuspect = !outside, outside
	if outside {
		f.TS, f.TSExtraNS = 0, 0
		return
	}
	f.TS, f.TSExtraNS = total*1e6+ns/1000, int32(ns%1000)
}

// setRecordTime takes the time of a record that has seconds and a fraction of them. A fraction of a second or more is invalid: it is carried
// over and the frame marked.
func setRecordTime(f *Frame, sec uint32, ns int64) {
	setTime(f, uint64(sec), ns/1e9, ns%1e9)
	f.TSSuspect = f.TSSuspect || ns >= 1e9
}
