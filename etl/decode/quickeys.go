package decode

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"slices"
)

// quicSalts are the salts of Initial packets (RFC 9001 5.2, RFC 9369 3.3.1, and the drafts before), and the beginning of the labels of their
// keys, by the name of the first version that has them.
var quicSalts = []struct {
	is    func(version uint32) bool
	salt  string
	label string
}{
	{func(v uint32) bool { return v == quicT050 }, "\x7f\xf5\x79\xe5\xac\xd0\x72\x91\x55\x80\x30\x4c\x43\xa2\x36\x7c\x60\x48\x83\x10", "quic "},
	{func(v uint32) bool { return v == quicT051 }, "\x7a\x4e\xde\xf4\xe7\xcc\xee\x5f\xa4\x50\x6c\x19\x12\x4f\xc8\xcc\xda\x6e\x03\x3d", "quic "},
	{func(v uint32) bool { return v == quicV2 }, "\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9", "quicv2 "},
	{draftsBetween(0, 22), "\x7f\xbc\xdb\x0e\x7c\x66\xbb\xe9\x2a\x96\xcd\x21\x51\x9e\xbd\x7a\xa5\x05\x34\x5a", "quic "},
	{draftsBetween(23, 28), "\xc3\xee\xf7\x12\xc7\x2e\xbb\x5a\x11\xa7\xd2\x43\x2b\xb4\x63\x65\xbe\xf9\xf5\x02", "quic "},
	{draftsBetween(29, 32), "\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99", "quic "},
	{func(uint32) bool { return true }, "\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a", "quic "},
}

func draftsBetween(first, last uint32) func(uint32) bool {
	return func(v uint32) bool {
		switch v {
		case 0xfaceb001:
			v = quicDraft | 22
		case 0xfaceb002:
			v = quicDraft | 27
		}
		return v&quicDraft == quicDraft && v&^quicDraft >= first && v&^quicDraft <= last
	}
}

// quicKeys protect the Initial packets of a client.
type quicKeys struct {
	aead cipher.AEAD
	iv   []byte
	mask cipher.Block // of headers
}

// newQUICKeys derives the keys of a client from the connection id of its first packet (RFC 9001 5.2).
func newQUICKeys(version uint32, dcid []byte) (k quicKeys, err error) {
	at := 0
	for !quicSalts[at].is(version) {
		at++
	}
	initial, err := hkdf.Extract(sha256.New, dcid, []byte(quicSalts[at].salt))
	if err != nil {
		return k, err
	}
	secret, err := expandLabel(initial, "client in", sha256.Size)
	if err != nil {
		return k, err
	}
	label := quicSalts[at].label
	key, err := expandLabel(secret, label+"key", 16)
	if err != nil {
		return k, err
	}
	if k.iv, err = expandLabel(secret, label+"iv", 12); err != nil {
		return k, err
	}
	hp, err := expandLabel(secret, label+"hp", 16)
	if err != nil {
		return k, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return k, err
	}
	if k.aead, err = cipher.NewGCM(block); err != nil {
		return k, err
	}
	k.mask, err = aes.NewCipher(hp)
	return k, err
}

// expandLabel is HKDF-Expand-Label of RFC 8446 7.1 with an empty context.
func expandLabel(secret []byte, label string, n int) ([]byte, error) {
	info := append([]byte{byte(n >> 8), byte(n), byte(6 + len(label))}, "tls13 "+label...)
	return hkdf.Expand(sha256.New, secret, string(append(info, 0)), n)
}

// open removes the protection of a packet (RFC 9001 5.4.2, 5.3) whose packet number is at an offset of it. The payload that it returns lies
// in scratch, which it may grow, and is valid until that is used again; nil is a packet of other keys.
func (k *quicKeys) open(packet []byte, number int, scratch *[]byte) []byte {
	const sample = 16
	if len(packet) < number+4+sample {
		return nil
	}
	var mask [sample]byte
	k.mask.Encrypt(mask[:], packet[number+4:number+4+sample])
	first := packet[0] ^ mask[0]&0x0f
	header := number + int(first&3) + 1
	*scratch = append(slices.Grow((*scratch)[:0], len(packet)), packet[:header]...)
	(*scratch)[0] = first
	var nonce [12]byte
	copy(nonce[:], k.iv)
	for i := number; i < header; i++ {
		(*scratch)[i] ^= mask[1+i-number]
		nonce[12-header+i] ^= (*scratch)[i] // client's first packets have small numbers: what is not sent of them is 0
	}
	out, err := k.aead.Open((*scratch)[header:], nonce[:], packet[header:], (*scratch)[:header])
	if err != nil {
		return nil
	}
	*scratch = (*scratch)[:header]
	return out
}
