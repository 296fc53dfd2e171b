package decode

// maxName bounds a name on the wire (RFC 1035 2.3.4); maxPointers the pointers in it, more than it can have labels.
const (
	maxName     = 255
	maxPointers = 128
)

// appendName appends the presentation form (RFC 1035 5.1, RFC 4343 2.1) of the name at an offset of a message, without the final dot; the
// root is ".". Dots and backslashes within labels and bytes beyond printable ASCII are escaped. It reports false, having appended nothing of use,
// for a name that is too long, leaves the captured bytes or loops. Pointers should lead backwards (RFC 1035 4.1.4); some scanners
// point forwards, and are read.
func appendName(dst, message []byte, at int) ([]byte, bool) {
	begin, wire, pointers := len(dst), 0, 0
	for {
		if at >= len(message) {
			return dst, false
		}
		c := int(message[at])
		switch {
		case c == 0:
			if len(dst) == begin {
				dst = append(dst, '.')
			}
			return dst, true
		case c >= 0xc0:
			if at+1 >= len(message) {
				return dst, false
			}
			if pointers++; pointers > maxPointers {
				return dst, false
			}
			at = (c&0x3f)<<8 | int(message[at+1])
		case c >= 0x40 || at+1+c > len(message) || wire+1+c > maxName:
			return dst, false
		default:
			if len(dst) > begin {
				dst = append(dst, '.')
			}
			dst = appendLabel(dst, message[at+1:at+1+c])
			at += 1 + c
			wire += 1 + c
		}
	}
}

func appendLabel(dst, label []byte) []byte {
	for _, c := range label {
		switch {
		case c == '.' || c == '\\':
			dst = append(dst, '\\', c)
		case c > ' ' && c < 0x7f:
			dst = append(dst, c)
		default:
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		}
	}
	return dst
}
