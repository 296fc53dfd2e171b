package lake

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/zeebo/blake3"
)

// The digest of a manifest is BLAKE3 over its text without the digits of the digest, in hex: whatever changes in a manifest, shows.
const (
	digestKey    = `"digest": "`
	digestDigits = 64
)

// noDigest keeps the place of a digest until seal.
var noDigest = strings.Repeat("0", digestDigits)

// seal writes the digest of a manifest's text into its place.
func seal(text []byte) {
	before, digits, after := cutDigest(text)
	copy(digits, digest(before, after))
}

// checkDigest reports that a text is not what its digest says, or has none.
func checkDigest(text []byte) error {
	before, digits, after := cutDigest(text)
	if want := digest(before, after); string(digits) != want {
		return fmt.Errorf("its digest is %q, its text gives %q", digits, want)
	}
	return nil
}

// cutDigest divides a text at the digits of its digest; all of it is before where there is none. Quotes within strings are escaped in
// JSON, so that what is found is the field.
func cutDigest(text []byte) (before, digits, after []byte) {
	at := bytes.LastIndex(text, []byte(digestKey))
	if at < 0 || len(text)-at < len(digestKey)+digestDigits {
		return text, nil, nil
	}
	at += len(digestKey)
	return text[:at], text[at : at+digestDigits], text[at+digestDigits:]
}

func digest(before, after []byte) string {
	sum := blake3.New()
	_, _ = sum.Write(before)
	_, _ = sum.Write(after)
	return hex.EncodeToString(sum.Sum(nil))
}
