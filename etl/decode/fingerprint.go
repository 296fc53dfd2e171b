package decode

import (
	"crypto/md5" //nolint:gosec // the fingerprints are defined by it
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ja3 is the fingerprint of a client as Salesforce published it (github.com/salesforce/ja3): MD5 of version, cipher suites, extensions,
// groups and point formats in decimal, reserved values left out.
func (h *hello) ja3() string { return md5Of(h.ja3Text()) }

func (h *hello) ja3Text() []byte {
	b := fmt.Append(nil, h.version, ",")
	b = append(b, listed(h.ciphers, '-', false)...)
	b = append(b, ',')
	b = append(b, listed(h.extensions, '-', false)...)
	b = append(b, ',')
	b = append(b, listed(h.groups, '-', false)...)
	b = append(b, ',')
	return append(b, octetList(h.formats, '-')...)
}

// ja3s is the fingerprint of a server: MD5 of version, cipher suite and extensions.
func (h *hello) ja3s() string {
	b := fmt.Append(nil, h.version, ",")
	b = append(b, listed(h.ciphers, '-', true)...)
	b = append(b, ',')
	return md5Of(append(b, listed(h.extensions, '-', true)...))
}

func md5Of(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

// ja4 is the fingerprint of a client as FoxIO describes it (github.com/FoxIO-LLC/ja4, technical_details/JA4.md): carrier is 't' over TCP,
// 'q' over QUIC. Reserved values are left out everywhere.
func (h *hello) ja4(carrier byte) string {
	a, ciphers, extensions := h.ja4Parts(carrier)
	return string(a) + "_" + ja4Hash(ciphers) + "_" + ja4Hash(extensions)
}

// ja4Parts are its first part and the texts behind the two hashes.
func (h *hello) ja4Parts(carrier byte) (a, ciphers, extensions []byte) {
	target := byte('i')
	if h.hasName {
		target = 'd'
	}
	a = append(a, carrier)
	a = append(a, ja4Version(h.chosen())...)
	a = fmt.Appendf(append(a, target), "%02d%02d", min(99, len(sorted(h.ciphers))), min(99, len(sorted(h.extensions))))
	a = append(a, h.ja4ALPN()...)
	ciphers = hexList(nil, sorted(h.ciphers))
	extensions = hexList(nil, sorted(h.extensions, extServerName, extALPN))
	var signatures []uint16
	for b := h.signatures; len(b) >= 2; b = b[2:] {
		if n := u16(b); !grease(n) {
			signatures = append(signatures, n)
		}
	}
	if len(signatures) > 0 && len(extensions) > 0 {
		extensions = hexList(append(extensions, '_'), signatures)
	}
	return a, ciphers, extensions
}

func ja4Version(v uint16) string {
	switch v {
	case 0x0304:
		return "13"
	case 0x0303:
		return "12"
	case 0x0302:
		return "11"
	case 0x0301:
		return "10"
	case 0x0300:
		return "s3"
	case 0x0002:
		return "s2"
	}
	return "00"
}

// ja4ALPN is the first and the last character of the first protocol offered; where one is not alphanumeric, those of its hex digits.
func (h *hello) ja4ALPN() string {
	list := span{b: h.alpn}
	if name := list.vector(1); len(name) > 0 {
		first, last := name[0], name[len(name)-1]
		if !alphanumeric(first) || !alphanumeric(last) {
			const digits = "0123456789abcdef"
			first, last = digits[first>>4], digits[last&15]
		}
		return string([]byte{first, last})
	}
	return "00"
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// hexList appends numbers as four hex digits each, commas between.
func hexList(to []byte, list []uint16) []byte {
	for i, n := range list {
		if i > 0 {
			to = append(to, ',')
		}
		to = fmt.Appendf(to, "%04x", n)
	}
	return to
}

// ja4Hash is the first twelve hex digits of SHA-256, or zeros for nothing.
func ja4Hash(b []byte) string {
	if len(b) == 0 {
		return "000000000000"
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}
