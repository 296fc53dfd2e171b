package decode

import "github.com/pcaplake/pcaplake/schema"

// walker moves over the records of a message of n bytes, of which b were captured.
type walker struct {
	b      []byte
	n      int64
	at     int
	reason string // why it stopped; "" where the capture did
}

// skip moves on by n bytes and reports whether they were captured.
func (w *walker) skip(n int) bool {
	w.at += n
	if int64(w.at) > w.n {
		w.reason = schema.MalformedDNSRecord
	}
	return w.reason == "" && w.at <= len(w.b)
}

// name moves over a name, which ends with the root or with a pointer to where it goes on.
func (w *walker) name() bool {
	for begin := w.at; ; {
		if !w.skip(1) {
			return false
		}
		switch c := w.b[w.at-1]; {
		case c == 0:
			return true
		case c >= 0xc0:
			return w.skip(1)
		case c >= 0x40 || w.at-begin > maxName:
			w.reason = schema.MalformedDNSName
			return false
		case !w.skip(int(c)):
			return false
		}
	}
}
