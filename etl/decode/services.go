package decode

// protocols are what is recognised in the first bytes of a TCP connection, by content and never by port. One more protocol is one line
// here, and one file for its parser; without a parser it only names the flow's service. The first that is sure wins.
var protocols = []protocol{
	{"tls", isTLS, newTLS},
	{"http", isHTTP, newHTTP},
	{"ssh", isSSH, newSSH},
	{"dns", isDNS, newDNS},
	{"http2", startsWith("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), nil},
	{"smb", isSMB, nil},
	{"rdp", isRDP, newPlain},
	{"ftp", isFTP, newPlain},
	{"smtp", isSMTP, newPlain},
	{"pop3", isPOP3, newPlain},
	{"imap", isIMAP, newPlain},
	{"telnet", isTelnet, nil},
	{"mysql", isMySQL, newPlain},
	{"postgresql", isPostgreSQL, newPlain},
	{"rfb", startsWith("RFB 003."), nil},
	{"rtsp", isRTSP, nil},
	{"sip", isSIP, nil},
	{"amqp", startsWith("AMQP\x00"), nil},
	{"mqtt", isMQTT, nil},
	{"ldap", isLDAP, newPlain},
	{"redis", isRedis, nil},
	{"bittorrent", startsWith("\x13BitTorrent protocol"), nil},
}

// A protocol is what is known of one application protocol.
type protocol struct {
	name      string
	recognise func(first []byte) belief
	parser    func(c *conversation) parser // nil: the name is all that is of interest
}

// A belief is how far first bytes are those of a protocol.
type belief uint8

const (
	no     belief = iota
	open          // too few bytes to say
	likely        // believed where no more bytes come
	sure
)

// identify finds the protocol of the first bytes of a side. It returns nil where none knows them, undecided where more bytes may tell.
func identify(first []byte, final bool) (p *protocol, undecided bool) {
	var best *protocol
	for i := range protocols {
		switch protocols[i].recognise(first) {
		case sure:
			return &protocols[i], false
		case likely:
			if best == nil {
				best = &protocols[i]
			}
			undecided = true
		case open:
			undecided = true
		}
	}
	if final {
		return best, false
	}
	return nil, undecided
}

// startsWith recognises a protocol by what it always begins with.
func startsWith(prefix string) func([]byte) belief {
	return func(b []byte) belief { return begins(b, prefix) }
}

// begins compares with a prefix, as far as there are bytes.
func begins(b []byte, prefix string) belief {
	switch {
	case len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix:
		return sure
	case len(b) < len(prefix) && string(b) == prefix[:len(b)]:
		return open
	}
	return no
}

// beginsAny compares with several prefixes.
func beginsAny(b []byte, prefixes ...string) belief {
	best := no
	for _, p := range prefixes {
		best = max(best, begins(b, p))
	}
	return best
}

// all is the least of beliefs that must hold together.
func all(first belief, others ...belief) belief {
	for _, o := range others {
		first = min(first, o)
	}
	return first
}

// has is sure where a condition on bytes that are there holds.
func has(ok bool) belief {
	if ok {
		return sure
	}
	return no
}
