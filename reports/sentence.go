package reports

import (
	"cmp"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/pcaplake/pcaplake/schema"
)

var (
	// tokens matches what may be an address, a name or a path in a text.
	tokens = regexp.MustCompile(`[^\s'"(),;=<>|]+`)
	// offsets matches by how much sums are off, which is the difference of two addresses.
	offsets = regexp.MustCompile(` \(0x[0-9a-f]{4}\)`)
	// captureName matches names of captures, and files that we write, which are none.
	captureName = regexp.MustCompile(`(?i)\.(pcap|pcapng|cap|erf|snoop|tar|zip|gz|zst|xz|lz4|bz2)$`)
	ourFile     = regexp.MustCompile(`^[a-z-]+\.(csv|json|html)$`)
	lastLabel   = regexp.MustCompile(`^[A-Za-z][0-9A-Za-z-]+$`)
)

// sentence replaces in a text what names somebody: addresses with and without ports and prefixes, names and paths, and what stood in a cell of the report.
func (m *anonymiser) sentence(text string) string {
	text = offsets.ReplaceAllString(text, "")
	for _, phrase := range m.phrases {
		text = strings.ReplaceAll(text, phrase, m.known[phrase])
	}
	return tokens.ReplaceAllStringFunc(text, func(token string) string {
		word := strings.TrimRight(token, ".:!?")
		return m.token(word) + token[len(word):]
	})
}

// several are the texts of cells that are no single token, the longest first.
func (m *anonymiser) several() []string {
	var out []string
	for text := range m.known {
		if len(text) > 3 && tokens.FindString(text) != text {
			out = append(out, text)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return out
}

// token replaces one of a sentence.
func (m *anonymiser) token(word string) string {
	if out, ok := m.address(word); ok {
		return out
	}
	if out, ok := m.known[word]; ok && strings.ContainsFunc(word, unicode.IsLetter) {
		return out
	}
	id, written := strings.CutPrefix(word, "verdict-")
	switch {
	case written && strings.HasSuffix(id, ".pcapng"):
		return "verdict-" + m.id(strings.TrimSuffix(id, ".pcapng")) + ".pcapng"
	case ourFile.MatchString(word):
		return word
	case strings.HasPrefix(word, "/"), strings.HasPrefix(word, "./"), strings.HasPrefix(word, "../"), strings.Contains(word, "://"), captureName.MatchString(word):
		return m.text(schema.Keyed, word)
	}
	host, port := word, ""
	if at := strings.LastIndexByte(word, ':'); at > 0 {
		host, port = word[:at], word[at:]
	}
	if dot := strings.LastIndexByte(host, '.'); dot > 0 && lastLabel.MatchString(host[dot+1:]) {
		return m.text(schema.Name, host) + port
	}
	return word
}

// address is what stands for an address of any kind, with its port, prefix or brackets; false: the text is none.
func (m *anonymiser) address(text string) (string, bool) {
	if !strings.ContainsAny(text, ".:-") {
		return "", false
	}
	_, prefix := netip.ParsePrefix(text)
	_, port := netip.ParseAddrPort(text)
	_, bare := netip.ParseAddr(strings.Trim(text, "[]"))
	if prefix == nil || port == nil || bare == nil {
		return string(m.by.AppendText(nil, schema.Address, []byte(text))), true
	}
	if mac, err := net.ParseMAC(text); err == nil && len(mac) == len(schema.MAC{}) {
		return string(m.by.MAC(schema.MAC(mac)).AppendTo(nil)), true
	}
	return "", false
}
