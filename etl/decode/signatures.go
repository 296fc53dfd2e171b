package decode

import "bytes"

// The first bytes of protocols that are only named. Each says the document that they are in.

// line is the first line without its end, and whether all of it is there.
func line(b []byte) (text []byte, whole bool) {
	if n := bytes.IndexByte(b, '\n'); n >= 0 {
		return bytes.TrimSuffix(b[:n], []byte("\r")), true
	}
	return b, false
}

// banner recognises the greeting of a server that has a word in it.
func banner(b []byte, code string, words ...string) belief {
	if bel := begins(b, code); bel != sure {
		return bel
	}
	text, whole := line(b)
	upper := bytes.ToUpper(text[:min(len(text), 512)])
	for _, w := range words {
		if bytes.Contains(upper, []byte(w)) {
			return sure
		}
	}
	return min(open, has(!whole && len(b) <= 512))
}

// command recognises the first line of a client that begins with one of some words, in any case, with a space or the end behind.
func command(b []byte, words ...string) belief {
	text, whole := line(b)
	for _, w := range words {
		if len(text) >= len(w) && bytes.EqualFold(text[:len(w)], []byte(w)) && (len(text) > len(w) && text[len(w)] == ' ' || whole && len(text) == len(w)) {
			return sure
		}
		if !whole && len(text) <= len(w) && bytes.EqualFold(text, []byte(w)[:len(text)]) {
			return open
		}
	}
	return no
}

// isFTP: RFC 959. Its greeting has the code of SMTP's too.
func isFTP(b []byte) belief {
	return max(banner(b, "220", "FTP", "FILEZILLA"), command(b, "FEAT", "AUTH TLS", "AUTH SSL", "USER ANONYMOUS", "USER FTP"))
}

// isSMTP: RFC 5321.
func isSMTP(b []byte) belief {
	return max(banner(b, "220", "SMTP", "MAIL"), command(b, "EHLO", "HELO", "LHLO"))
}

// isPOP3: RFC 1939. "+OK" alone is also how Redis answers.
func isPOP3(b []byte) belief {
	return max(banner(b, "+OK ", "POP", "READY", "DOVECOT", "MAIL", "SERVER"), command(b, "CAPA", "APOP"))
}

// isIMAP: RFC 9051.
func isIMAP(b []byte) belief { return beginsAny(b, "* OK ", "* PREAUTH ", "* BYE ") }

// isTelnet: an option is negotiated (RFC 854, RFC 855).
func isTelnet(b []byte) belief {
	if bel := begins(b, "\xff"); bel != sure || len(b) < 3 {
		return min(bel, open)
	}
	return all(has(b[1] >= 0xfa && b[1] <= 0xfe), has(b[2] <= 49 || b[2] >= 138 && b[2] <= 140 || b[2] == 255))
}

// isSMB: a message of NetBIOS sessions (RFC 1002 4.3) with the header of SMB 1, or of SMB 2 and 3, plain, encrypted or packed ([MS-SMB2] 2.2).
func isSMB(b []byte) belief {
	if len(b) < 8 {
		return min(open, max(begins(b, "\x00"), begins(b, "\x81\x00\x00\x44")))
	}
	if begins(b, "\x81\x00\x00\x44 ") == sure {
		return sure // a session request
	}
	return all(has(b[0] == 0), has(b[4] >= 0xfc), has(string(b[5:8]) == "SMB"))
}

// isRDP: a TPKT (RFC 1006) with a connection request or confirm of X.224, which ends with a negotiation or a cookie ([MS-RDPBCGR] 2.2.1).
func isRDP(b []byte) belief {
	if len(b) < 11 {
		return min(open, begins(b[:min(len(b), 2)], "\x03\x00"))
	}
	n := int(u16(b[2:]))
	negotiation := n >= 19 && len(b) >= n && (b[n-8] == 1 || b[n-8] == 2) && b[n-6] == 8 && b[n-5] == 0
	return all(begins(b, "\x03\x00"), has(int(b[4]) == n-5), has(b[5] == 0xe0 || b[5] == 0xd0), has(negotiation || bytes.HasPrefix(b[11:], []byte("Cookie: mstshash="))))
}

// isMySQL: the server's first packet, of protocol 10, with its version.
func isMySQL(b []byte) belief {
	if len(b) < 8 {
		return min(open, has(len(b) < 4 || b[3] == 0))
	}
	n := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
	version := b[5:min(len(b), 5+64)]
	end := bytes.IndexByte(version, 0)
	return all(has(n > 30 && n < 512), has(b[3] == 0 && b[4] == 10), has(end > 2 && printable(version[:end])))
}

// isPostgreSQL: a start-up message of protocol 3, or the wish for TLS or GSSAPI in place of one.
func isPostgreSQL(b []byte) belief {
	if len(b) < 8 {
		return min(open, begins(b[:min(len(b), 2)], "\x00\x00"))
	}
	n, code := u32(b), u32(b[4:])
	if n == 8 && (code == 80877103 || code == 80877104) {
		return sure
	}
	return all(has(n > 8 && n < 10000), has(code>>16 == 3 && code&0xffff <= 2), has(len(b) > 12 && printable(b[8:12])))
}

// isRTSP: RFC 2326, RFC 7826.
func isRTSP(b []byte) belief { return startLine(b, "RTSP/1.0", "RTSP/2.0") }

// isSIP: RFC 3261.
func isSIP(b []byte) belief { return startLine(b, "SIP/2.0") }

// startLine recognises a first line that begins or ends with a version.
func startLine(b []byte, versions ...string) belief {
	text, whole := line(b)
	token := tokenLen(text)
	request := token > 0 && token < len(text) && text[token] == ' '
	for _, v := range versions {
		if bytes.HasPrefix(text, []byte(v+" ")) || whole && request && bytes.HasSuffix(text, []byte(" "+v)) {
			return sure
		}
	}
	if !whole && len(text) < 1024 && (token == len(text) && token < 24 || request) {
		return open
	}
	return no
}

// isMQTT: a CONNECT packet of MQTT 3.1, 3.1.1 or 5.
func isMQTT(b []byte) belief {
	if len(b) < 2 {
		return min(open, begins(b, "\x10"))
	}
	rest := b[2:]
	for n := 0; n < 3 && b[1+n] >= 0x80 && len(rest) > 0; n++ {
		rest = rest[1:]
	}
	return all(has(b[0] == 0x10), beginsAny(rest, "\x00\x04MQTT", "\x00\x06MQIsdp"))
}

// isLDAP: a bind request or response (RFC 4511 4.2), or the extended request for TLS.
func isLDAP(b []byte) belief {
	if len(b) < 12 {
		return min(open, begins(b[:min(len(b), 1)], "0"))
	}
	rest := b[2:]
	if b[1] > 0x80 && b[1] <= 0x84 {
		rest = b[2+int(b[1]&0x7f):]
	}
	return all(has(b[0] == 0x30), has(len(rest) > 4 && rest[0] == 2 && rest[1] == 1), has(len(rest) > 4 && (rest[3] == 0x60 || rest[3] == 0x61 || rest[3] == 0x77)))
}

// isRedis: an array of bulk strings, as clients send commands (RESP).
func isRedis(b []byte) belief {
	text, whole := line(b)
	if begins(b, "*") != sure {
		return begins(b, "*")
	}
	if len(text) > 8 {
		return no
	}
	for _, c := range text[1:] {
		if c < '0' || c > '9' {
			return no
		}
	}
	if !whole {
		return open
	}
	return begins(b[bytes.IndexByte(b, '\n')+1:], "$")
}

// printable reports whether all bytes are visible ASCII or spaces.
func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
