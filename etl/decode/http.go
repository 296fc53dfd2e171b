package decode

import "github.com/pcaplake/pcaplake/schema"

// maxPipelined bounds the requests of a connection that wait for their responses; beyond it the oldest is given out unanswered.
const maxPipelined = 64

// isHTTP recognises a request line or a status line of HTTP/1.x (RFC 9112 3, 4).
func isHTTP(b []byte) belief {
	if bel := begins(b, "HTTP/1."); bel != no {
		if len(b) < 9 {
			return min(bel, open)
		}
		return all(has(b[7] >= '0' && b[7] <= '9'), has(b[8] == ' '))
	}
	if n := tokenLen(b); n < len(b) && b[n] == ' ' && knownMethods[string(b[:n])] {
		if _, whole := line(b); !whole {
			return likely
		}
	}
	return startLine(b, "HTTP/1.1", "HTTP/1.0")
}

// knownMethods are those that are believed before the line is complete.
var knownMethods = map[string]bool{
	"GET": true, "HEAD": true, "POST": true, "PUT": true, "DELETE": true, "CONNECT": true, "OPTIONS": true, "PATCH": true, "PROPFIND": true,
}

// tokenLen is how many letters, digits, hyphens and low lines b begins with.
func tokenLen(b []byte) int {
	for i, c := range b {
		if !alphanumeric(c) && c != '-' && c != '_' {
			return i
		}
	}
	return len(b)
}

// httpParser reads the messages of an HTTP/1 connection. Bodies are counted and skipped.
type httpParser struct {
	c     *conversation
	sides [2]httpSide
	queue []*transaction // requests whose response has not begun
	depth int32
}

type httpSide struct {
	state   httpState
	left    int64        // bytes of the body or the chunk at hand
	scanned int          // bytes of the head at hand in which its end is not
	tx      *transaction // whose message is being read; nil: none, or an interim response
	request bool         // of tx
}

type httpState uint8

const (
	httpHead    httpState = iota // a message begins
	httpBody                     // of left bytes
	httpSize                     // the size of a chunk
	httpChunk                    // of left bytes
	httpChunked                  // the end of the line behind a chunk
	httpTrailer                  // the fields behind the last chunk
	httpClose                    // a body to the end of the connection
	httpLost                     // where the next message begins is not known
)

// A transaction is a request and its response on their way into a row.
type transaction struct {
	schema.HTTP
	requested, responded bool // complete
	asked                stamp
	size                 int64 // that is kept
}

func newHTTP(c *conversation) parser { return &httpParser{c: c} }

func (h *httpParser) read(d int, b []byte) int {
	all, s := len(b), &h.sides[d]
	for len(b) > 0 && !h.c.over && h.c.parser == h {
		n, more := h.step(d, s, b)
		if b = b[n:]; !more {
			return all - len(b)
		}
	}
	return all - len(b)
}

// step reads what b begins with and returns how many bytes that was; more is false where the rest has to wait for more bytes.
func (h *httpParser) step(d int, s *httpSide, b []byte) (n int, more bool) {
	switch s.state {
	case httpHead:
		return h.head(d, s, b)
	case httpBody, httpChunk:
		n = int(min(s.left, int64(len(b))))
		h.count(d, s, int64(n))
		return n, true
	case httpClose:
		h.seen(s, int64(len(b)))
		return len(b), true
	case httpSize, httpChunked, httpTrailer:
		return h.chunkLine(d, s, b)
	}
	if isHTTP(b) < likely {
		return len(b), true
	}
	s.state, s.scanned = httpHead, 0
	return 0, true
}

// count takes n bytes of a body or a chunk.
func (h *httpParser) count(d int, s *httpSide, n int64) {
	h.seen(s, n)
	if s.left -= n; s.left > 0 {
		return
	}
	if s.state == httpChunk {
		s.state = httpChunked
		return
	}
	h.done(d, s)
}

func (h *httpParser) seen(s *httpSide, n int64) {
	if s.request {
		s.tx.RequestBody += n
	} else {
		s.tx.ResponseBody += n
	}
}

// chunkLine reads a line of the framing of chunks (RFC 9112 7.1).
func (h *httpParser) chunkLine(d int, s *httpSide, b []byte) (n int, more bool) {
	text, whole := line(b)
	if !whole {
		if len(b) > maxHead {
			h.broken(d, s, schema.MalformedHTTPChunk)
			return len(b), true
		}
		return 0, false
	}
	n = len(text) + 1
	if n < len(b) && b[n-1] == '\r' {
		n++
	}
	switch {
	case s.state == httpTrailer && len(text) == 0:
		h.done(d, s)
	case s.state == httpTrailer:
	case s.state == httpChunked && len(text) == 0:
		s.state = httpSize
	case s.state == httpChunked:
		h.broken(d, s, schema.MalformedHTTPChunk)
	default:
		size, ok := chunkSize(text)
		switch s.left = size; {
		case !ok:
			h.broken(d, s, schema.MalformedHTTPChunk)
		case size == 0:
			s.state = httpTrailer
		default:
			s.state = httpChunk
		}
	}
	return n, true
}

// chunkSize reads hex digits, behind which extensions may stand.
func chunkSize(b []byte) (size int64, ok bool) {
	for i, c := range b {
		v := hexDigit(c)
		if v < 0 {
			return size, i > 0 && (c == ';' || c == ' ' || c == '\t')
		}
		if size = size<<4 | int64(v); size > 1<<50 {
			return 0, false
		}
	}
	return size, len(b) > 0
}

// hexDigit is the value of a hex digit; -1 of what is none.
func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// broken ends a message that cannot be read further.
func (h *httpParser) broken(d int, s *httpSide, reason string) {
	if s.tx.Malformed == "" {
		s.tx.Malformed = reason
	}
	h.done(d, s)
	s.state = httpLost
}

// done ends the message of a side.
func (h *httpParser) done(d int, s *httpSide) {
	tx := s.tx
	s.state, s.scanned, s.tx = httpHead, 0, nil
	if tx == nil {
		return
	}
	h.at(d, s.request, tx)
	if s.request {
		tx.requested = true
	} else {
		tx.responded = true
	}
	if tx.requested && tx.responded {
		h.give(tx)
	}
}

// at notes the packet at hand as that of the request or the response.
func (h *httpParser) at(d int, request bool, tx *transaction) {
	now := h.c.now(d)
	switch {
	case request:
		tx.Message, tx.asked = h.c.message(d, now), now
	case !tx.HasRequest:
		tx.Message = h.c.message(1-d, now)
		fallthrough
	default:
		tx.ResponseFrameNo = now.frame
	}
}

func (h *httpParser) give(tx *transaction) {
	h.c.keep(-tx.size)
	h.c.rows.HTTPs = append(h.c.rows.HTTPs, tx.HTTP)
}

func (h *httpParser) lost(d int, b []byte, n int64) {
	s := &h.sides[d]
	switch {
	case s.state == httpHead && len(b) > 0:
		h.cutHead(d, s, b)
	case (s.state == httpBody || s.state == httpChunk) && n > 0 && n <= s.left:
		s.tx.Cut = true
		h.count(d, s, n)
		return
	case s.state == httpClose:
		s.tx.Cut = s.tx.Cut || n > 0
		h.seen(s, n)
		return
	case s.state != httpHead && s.state != httpLost:
		s.tx.Cut = true
		h.done(d, s)
	}
	s.state = httpLost
}

func (h *httpParser) end() {
	for d := range h.sides {
		s := &h.sides[d]
		if s.tx == nil {
			continue
		}
		s.tx.Cut = s.tx.Cut || s.state != httpClose
		h.done(d, s)
	}
	for _, tx := range h.queue {
		h.give(tx)
	}
	h.queue = nil
}
