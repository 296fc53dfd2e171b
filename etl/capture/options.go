package capture

import (
	"bytes"
	"strings"
)

// Options of pcapng blocks.
const (
	optEnd           = 0
	optComment       = 1
	optIfName        = 2
	optIfDescription = 3
	optIfResolution  = 9
	optIfFilter      = 11
	optIfOS          = 12
	optIfFCSLen      = 13
	optIfOffset      = 14
	optPacketFlags   = 2
	optPacketDrops   = 4
	optReceived      = 4
	optDropped       = 5
	optOSDropped     = 7
)

// option takes the first option off b; false at the end of the list, also where it is broken.
func (p *pcapng) option(b []byte) (code uint16, value, rest []byte, ok bool) {
	if len(b) < 4 {
		return 0, nil, nil, false
	}
	code, n := p.u16(b), int(p.u16(b[2:]))
	if code == optEnd || 4+n > len(b) {
		return 0, nil, nil, false
	}
	return code, b[4 : 4+n], b[min(len(b), 4+(n+3)&^3):], true
}

// options calls visit for every option of a list.
func (p *pcapng) options(b []byte, visit func(code uint16, value []byte)) {
	for {
		code, value, rest, ok := p.option(b)
		if !ok {
			return
		}
		visit(code, value)
		b = rest
	}
}

// text is the UTF-8 of an option, without the zeros that some writers pad it with.
func text(b []byte) string {
	return strings.ToValidUTF8(string(bytes.TrimRight(b, "\x00")), "\uFFFD")
}
