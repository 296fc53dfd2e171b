// Package pseudonym gives what stands for addresses and names in an anonymised lake.
//
// IP addresses go by Crypto-PAn (Xu, Fan, Ammar, Moon, "Prefix-Preserving IP Address Anonymization", ICNP 2002): two addresses share as many leading bits
// afterwards as before. Everything else goes by BLAKE3 under keys that are derived from the same one: equal values give equal pseudonyms in every
// column, capture and night, and nothing can be turned back, or tried out, without the key.
package pseudonym

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/zeebo/blake3"
)

// ErrKey says that a file holds no key, or that others may read it.
var ErrKey = errors.New("no usable key")

// KeySize is the length of a key in bytes: the AES-128 key of Crypto-PAn and the block that its padding is made of.
const KeySize = 32

// A Key makes pseudonyms. It is for concurrent use. Printed, logged and encoded it is its fingerprint.
type Key struct {
	block       cipher.Block
	pad         [aes.BlockSize]byte
	hashed      [purposes]*blake3.Hasher // never written to: clones are
	fingerprint string
}

// A purpose separates the pseudonyms of one kind of value from those of others.
type purpose int

const (
	forMAC purpose = iota
	forName
	forText
	forCapture
	forSequence
	purposes
)

var contexts = [purposes]string{
	"pcaplake 2026 hardware addresses", "pcaplake 2026 labels of names", "pcaplake 2026 texts", "pcaplake 2026 captures and their sources",
	"pcaplake 2026 sequence numbers",
}

// New makes a key of its bytes. The same 32 bytes give the same IPv4 addresses as in other programs that take a Crypto-PAn key, such as nfanon.
func New(secret [KeySize]byte) (*Key, error) {
	block, err := aes.NewCipher(secret[:aes.BlockSize])
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	k := &Key{block: block}
	block.Encrypt(k.pad[:], secret[aes.BlockSize:])
	for p, context := range contexts {
		var derived [KeySize]byte
		blake3.DeriveKey(context, secret[:], derived[:])
		if k.hashed[p], err = blake3.NewKeyed(derived[:]); err != nil {
			return nil, fmt.Errorf("derive key: %w", err)
		}
	}
	var print [8]byte
	blake3.DeriveKey("pcaplake 2026 fingerprint of a key", secret[:], print[:])
	k.fingerprint = hex.EncodeToString(print[:])
	return k, nil
}

// maxKeyFile is more than a file with a key can have.
const maxKeyFile = 256

// Load reads a key from a file: 64 hex digits, 0x before them or not, and white space around. It fails with ErrKey where the file holds anything else, is no regular
// file, or may be read by others than its owner (root's group aside, by which systemd hands credentials over).
func Load(path string) (*Key, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := private(info); err != nil {
		return nil, fmt.Errorf("%w: %s %w", ErrKey, path, err)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	var secret [KeySize]byte
	digits := strings.TrimPrefix(strings.TrimSpace(string(text)), "0x")
	if n, err := hex.Decode(secret[:], []byte(digits[:min(len(digits), 2*KeySize)])); err != nil || n != KeySize || len(digits) != 2*KeySize {
		return nil, fmt.Errorf("%w: %s does not hold 64 hex digits: openssl rand -hex 32 makes some", ErrKey, path)
	}
	if secret == [KeySize]byte{} {
		return nil, fmt.Errorf("%w: %s holds zeros only", ErrKey, path)
	}
	return New(secret)
}

// Fingerprint names the key without telling it: 16 hex digits.
func (k *Key) Fingerprint() string { return k.fingerprint }

// String returns the fingerprint, so that no print shows the key.
func (k *Key) String() string { return "key " + k.fingerprint }

// GoString does so for %#v.
func (k *Key) GoString() string { return k.String() }

// MarshalText does so for encoders, of JSON and of logs.
func (k *Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Capture returns what stands for the identity of a capture, a hash or a path: hex digits, 64 of them, or 32 for a text of 32.
func (k *Key) Capture(text string) string {
	var sum [32]byte
	k.hash(forCapture, sum[:], []byte(text))
	if len(text) == 2*aes.BlockSize {
		return hex.EncodeToString(sum[:aes.BlockSize])
	}
	return hex.EncodeToString(sum[:])
}

// hash fills out with the keyed hash of text.
func (k *Key) hash(p purpose, out, text []byte) {
	h := k.hashed[p].Clone()
	_, _ = h.Write(text) // never fails
	_, _ = h.Digest().Read(out)
}

// letters are those of pseudonyms of text: lower case, so that DNS leaves them alone.
var letters = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// appendWord appends 12 letters and digits (60 bits) for text.
func (k *Key) appendWord(dst []byte, p purpose, text []byte) []byte {
	var sum [8]byte
	k.hash(p, sum[:], text)
	var word [13]byte
	letters.Encode(word[:], sum[:])
	return append(dst, word[:12]...)
}
