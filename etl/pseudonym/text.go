package pseudonym

import (
	"bytes"

	"github.com/pcaplake/pcaplake/schema"
)

// AppendText appends what stands for a text of a column of a class. Of lists, whose items have commas between and commas within as \,, each item is replaced; a text
// as a whole, of class Text, by one word.
func (k *Key) AppendText(dst []byte, p schema.Privacy, text []byte) []byte {
	if p == schema.Text {
		return k.appendWord(dst, forText, text)
	}
	for i, item := range split(text, ',') {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = k.appendItem(dst, p, bytes.TrimSpace(item))
	}
	return dst
}

// appendItem does so for one item.
func (k *Key) appendItem(dst []byte, p schema.Privacy, item []byte) []byte {
	if len(item) == 0 {
		return dst
	}
	switch p {
	case schema.Name:
		return k.appendName(dst, item)
	case schema.Data:
		return k.appendData(dst, item)
	case schema.Word:
		if words[string(item)] {
			return append(dst, item...)
		}
	}
	if out, ok := k.appendAddress(dst, item); ok {
		return out
	}
	return k.appendWord(dst, forText, item)
}

// appendData appends what stands for the data of a DNS record, of whatever type: an address or name alone, names behind numbers (MX, SRV), or names and numbers (SOA). What
// has quotes, or is not in a form of its own (RFC 3597), becomes one word: text may hold anything.
func (k *Key) appendData(dst, data []byte) []byte {
	if bytes.IndexByte(data, '"') >= 0 || bytes.HasPrefix(data, []byte(`\#`)) {
		return k.appendWord(dst, forText, data)
	}
	for i, field := range split(data, ' ') {
		if i > 0 {
			dst = append(dst, ' ')
		}
		if number(field) {
			dst = append(dst, field...)
		} else {
			dst = k.appendName(dst, field)
		}
	}
	return dst
}

// number reports whether a field is a number of at most 16 bits: preferences, weights, ports and types. Larger ones may be an address.
func number(field []byte) bool {
	for _, b := range field {
		if b < '0' || b > '9' {
			return false
		}
	}
	return len(field) > 0 && len(field) <= 5
}
