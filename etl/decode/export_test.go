package decode

// Held is how many bytes the streams hold.
func (s *Streams) Held() int64 { return s.buffers.held }

// SetLimit sets the bound on them.
func (s *Streams) SetLimit(n int64) { s.limit = n }

// What tests look into.
var (
	MaskURI          = maskURI
	ParseClientHello = parseClientHello
)

// Hello is a hello.
type Hello = hello

// JA3Text is the text behind JA3.
func (h *hello) JA3Text() string { return string(h.ja3Text()) }

// JA4 is the fingerprint over TCP, and JA4Raw its readable form.
func (h *hello) JA4() string { return h.ja4('t') }

// JA4Raw is JA4 without hashes.
func (h *hello) JA4Raw() string {
	a, ciphers, extensions := h.ja4Parts('t')
	return string(a) + "_" + string(ciphers) + "_" + string(extensions)
}

// Recognise names the protocol of first bytes that more may follow, or may not.
func Recognise(first []byte, final bool) string {
	if p, _ := identify(first, final); p != nil {
		return p.name
	}
	return ""
}
