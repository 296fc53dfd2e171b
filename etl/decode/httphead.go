package decode

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// head reads the head of a message.
func (h *httpParser) head(d int, s *httpSide, b []byte) (n int, more bool) {
	if b[0] == '\r' || b[0] == '\n' { // lines that some put between messages (RFC 9112 2.2)
		return 1, true
	}
	end := headEnd(b, s.scanned)
	if end == 0 {
		if bel := isHTTP(b); bel == no {
			s.state = httpLost
			return 0, true
		}
		s.scanned = max(0, len(b)-3)
		return 0, false
	}
	if isHTTP(b[:end]) != sure {
		s.state = httpLost
		return end, true
	}
	h.begin(d, s, b[:end], false)
	return end, true
}

// headEnd is where the empty line behind a head ends; 0 where it is not there. In the first bytes, scanned before, it is not.
func headEnd(b []byte, scanned int) int {
	for at := scanned; ; {
		n := bytes.IndexByte(b[at:], '\n')
		if n < 0 {
			return 0
		}
		at += n + 1
		switch rest := b[at:]; {
		case len(rest) > 0 && rest[0] == '\n':
			return at + 1
		case len(rest) > 1 && rest[0] == '\r' && rest[1] == '\n':
			return at + 2
		}
	}
}

// cutHead takes the beginning of a head whose rest is missing.
func (h *httpParser) cutHead(d int, s *httpSide, b []byte) {
	if isHTTP(b) < likely {
		return
	}
	h.begin(d, s, b, true)
	if s.tx != nil {
		s.tx.Cut = true
		h.done(d, s)
	}
}

// A message is the head of a request or a response.
type message struct {
	*transaction
	length    int64
	hasLength bool
	coded     bool // Transfer-Encoding is there
	chunked   bool // and its last coding is chunked
	coding    []byte
}

// begin takes the head of a message and goes on to its body.
func (h *httpParser) begin(d int, s *httpSide, b []byte, cut bool) {
	head := text(b)
	start, fields, _ := strings.Cut(head, "\n")
	start = strings.TrimRight(start, "\r ")
	if strings.HasPrefix(start, "HTTP/1.") {
		h.response(d, s, start, fields, cut)
		return
	}
	tx := &transaction{size: int64(len(head)) + 512}
	h.c.keep(tx.size)
	h.depth++
	tx.HasRequest, tx.Depth = true, h.depth
	m := message{transaction: tx}
	m.requestLine(start)
	m.fields(fields, requestFields, cut)
	if tx.Host == "" {
		tx.Host = hostOf(tx.Method, tx.URI)
	}
	tx.RequestCoding, tx.HasRequestLen, tx.RequestLen = string(m.coding), m.hasLength, m.length
	s.tx, s.request = tx, true
	h.at(d, true, tx)
	if h.queue = append(h.queue, tx); len(h.queue) > maxPipelined {
		if old := h.queue[0]; old.requested {
			h.give(old)
		} else {
			old.responded = true // is given out when it is complete
		}
		h.queue = h.queue[1:]
	}
	switch {
	case cut:
	case m.chunked:
		s.state = httpSize
	case m.length > 0:
		s.state, s.left = httpBody, m.length
	default:
		h.done(d, s)
	}
}

// response takes the head of a response, which is that of the oldest request without one.
func (h *httpParser) response(d int, s *httpSide, start, fields string, cut bool) {
	status := 0
	if len(start) >= 12 {
		status, _ = strconv.Atoi(start[9:12])
	}
	if status >= 100 && status < 200 && status != 101 { // interim (RFC 9110 15.2)
		return
	}
	var tx *transaction
	if len(h.queue) > 0 {
		tx, h.queue = h.queue[0], h.queue[1:]
	} else {
		h.depth++
		tx = &transaction{requested: true}
		tx.Depth = h.depth
	}
	grown := int64(len(start)+len(fields)) + 512
	tx.size += grown
	h.c.keep(grown)
	m := message{transaction: tx}
	if status < 100 || status > 999 {
		m.malformed(schema.MalformedHTTPStart)
	}
	tx.HasResponse, tx.ResponseVersion, tx.Status, tx.Reason = true, start[5:8], int32(status), strings.TrimSpace(start[min(len(start), 12):])
	m.fields(fields, responseFields, cut)
	tx.ResponseCoding, tx.HasResponseLen, tx.ResponseLen = string(m.coding), m.hasLength, m.length
	s.tx, s.request = tx, false
	h.at(d, false, tx)
	tx.latency(h.c.now(d))
	if !cut {
		h.responseBody(d, s, &m)
	}
}

// responseBody goes on to the body of a response, as RFC 9112 6.3 finds its length.
func (h *httpParser) responseBody(d int, s *httpSide, m *message) {
	switch tx := s.tx; {
	case tx.Status == 101:
		h.done(d, s)
		h.end()
		h.c.over = true
	case tx.Method == "CONNECT" && tx.Status/100 == 2:
		h.done(d, s)
		h.end()
		h.c.restart()
	case tx.Method == "HEAD" || tx.Status == 204 || tx.Status == 304:
		h.done(d, s)
	case m.chunked:
		s.state = httpSize
	case m.coded || !m.hasLength:
		s.state = httpClose
	case m.length == 0:
		h.done(d, s)
	default:
		s.state, s.left = httpBody, m.length
	}
}

// latency notes the time since the request.
func (tx *transaction) latency(now stamp) {
	if !tx.requested || !tx.HasRequest || now.ts == schema.NoTime || tx.asked.ts == schema.NoTime {
		return
	}
	ns := (now.ts-tx.asked.ts)*1000 + int64(now.extra-tx.asked.extra)
	if ns >= 0 && now.ts-tx.asked.ts < 1<<52 {
		tx.HasLatency, tx.LatencyNS = true, ns
	}
}

func (m *message) malformed(reason string) {
	if m.Malformed == "" {
		m.Malformed = reason
	}
}

// requestLine takes method, target and version; a target may hold spaces, which it must not.
func (m *message) requestLine(s string) {
	m.Method, s, _ = strings.Cut(s, " ")
	if at := strings.LastIndex(s, " HTTP/"); at >= 0 {
		m.Version, s = s[at+6:], s[:at]
	}
	if strings.Contains(s, " ") {
		m.malformed(schema.MalformedHTTPStart)
	}
	m.URI, m.Credentials = maskURI(s)
}

// hostOf is the host of an absolute target, or of CONNECT.
func hostOf(method, uri string) string {
	if method == "CONNECT" {
		return uri
	}
	_, rest, ok := strings.Cut(uri, "://")
	if !ok {
		return ""
	}
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		rest = rest[:at]
	}
	return rest[strings.LastIndexByte(rest, '@')+1:]
}

// fields takes the fields of a head (RFC 9112 5). Of a head that is cut the last line counts only where it ends.
func (m *message) fields(s string, known map[string]func(*message, string), cut bool) {
	for len(s) > 0 {
		field, rest, whole := strings.Cut(s, "\n")
		for whole && len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') { // folded (RFC 9112 5.2)
			var more string
			more, rest, whole = strings.Cut(rest, "\n")
			field = strings.TrimRight(field, "\r \t") + " " + strings.TrimSpace(more)
		}
		s = rest
		if field = strings.TrimRight(field, "\r"); field == "" || cut && !whole {
			continue
		}
		name, value, ok := strings.Cut(field, ":")
		if !ok || name == "" || strings.TrimRight(name, " \t") != name {
			m.malformed(schema.MalformedHTTPField)
			if !ok {
				continue
			}
		}
		m.field(strings.TrimRight(name, " \t"), strings.Trim(value, " \t\r"), known)
	}
	if m.coded && m.hasLength {
		m.malformed(schema.MalformedHTTPLength)
	}
}

func (m *message) field(name, value string, known map[string]func(*message, string)) {
	var lower [32]byte
	if len(name) > len(lower) {
		return
	}
	for i := range len(name) {
		if lower[i] = name[i]; name[i] >= 'A' && name[i] <= 'Z' {
			lower[i] |= 0x20
		}
	}
	if take := known[string(lower[:len(name)])]; take != nil {
		take(m, value)
	}
}
