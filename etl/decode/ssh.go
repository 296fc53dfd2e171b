package decode

import (
	"bytes"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

const (
	sshKexInit    = 20    // SSH_MSG_KEXINIT (RFC 4253 7.1)
	maxSSHPacket  = 35000 // RFC 4253 6.1
	maxSSHVersion = 255   // RFC 4253 4.2
	sshPort       = 22
)

// isSSH recognises an identification string (RFC 4253 4.2).
func isSSH(b []byte) belief { return beginsAny(b, "SSH-2.0-", "SSH-1.99-", "SSH-1.5-", "SSH-1.3-") }

// Lists of algorithms in a KEXINIT, in its order.
const (
	sshKex = iota
	sshHostKey
	sshCipherOut // client to server
	sshCipherIn
	sshMACOut
	sshMACIn
	sshCompressionOut
	sshCompressionIn
	sshLists
)

// sshParser reads the identification and the first KEXINIT of both sides.
type sshParser struct {
	c     *conversation
	sides [2]sshSide
	cut   bool
	why   string // malformed
}

type sshSide struct {
	version string
	lists   [sshLists]string
	known   bool // lists hold
	done    bool // nothing more is to be read, or can be
}

func newSSH(c *conversation) parser { return &sshParser{c: c} }

func (p *sshParser) read(d int, b []byte) int {
	all, s := len(b), &p.sides[d]
	for len(b) > 0 && !s.done {
		read := p.packet
		if s.version == "" {
			read = p.identification
		}
		n := read(s, b)
		if n == 0 && !s.done {
			return all - len(b)
		}
		b = b[n:]
	}
	if p.sides[0].done && p.sides[1].done {
		p.end()
		p.c.over = true
	}
	return all
}

// identification reads a line; a server may send others before its identification.
func (p *sshParser) identification(s *sshSide, b []byte) int {
	first, whole := line(b)
	if !whole {
		if len(first) > maxHead {
			p.malformed(schema.MalformedSSHVersion)
			s.done = true
		}
		return 0
	}
	if bytes.HasPrefix(first, []byte("SSH-")) {
		if len(first) > maxSSHVersion || !printable(first) {
			p.malformed(schema.MalformedSSHVersion)
		}
		s.version = text(first[:min(len(first), maxSSHVersion)])
		s.done = strings.HasPrefix(s.version, "SSH-1.") && !strings.HasPrefix(s.version, "SSH-1.99-")
	}
	return bytes.IndexByte(b, '\n') + 1
}

// packet reads a binary packet (RFC 4253 6).
func (p *sshParser) packet(s *sshSide, b []byte) int {
	if len(b) < 6 {
		return 0
	}
	n, padding := int64(u32(b)), int64(b[4])
	if n < padding+2 || n > maxSSHPacket {
		p.malformed(schema.MalformedSSHPacket)
		s.done = true
		return 0
	}
	if int64(len(b)) < 4+n {
		return 0
	}
	if b[5] == sshKexInit {
		s.known, s.done = true, true
		if !s.kexInit(b[6 : 4+n-padding]) {
			p.malformed(schema.MalformedSSHPacket)
		}
	}
	return int(4 + n)
}

// kexInit reads the lists of a KEXINIT. It reports false where they pass its end.
func (s *sshSide) kexInit(b []byte) bool {
	r := span{b: b}
	r.take(16) // cookie
	for i := range s.lists {
		s.lists[i] = text(r.vector(4))
	}
	return !r.short
}

func (p *sshParser) malformed(reason string) {
	if p.why == "" {
		p.why = reason
	}
}

func (p *sshParser) lost(d int, b []byte, n int64) {
	if s := &p.sides[d]; !s.done {
		p.cut, s.done = true, true
		if s.version == "" && bytes.HasPrefix(b, []byte("SSH-")) {
			first, _ := line(b)
			s.version = text(first[:min(len(first), maxSSHVersion)])
		}
	}
}

// end gives out the row.
func (p *sshParser) end() {
	client := p.client()
	out, in := &p.sides[client], &p.sides[1-client]
	at := p.c.now(0)
	if other := p.c.now(1); other.frame > at.frame {
		at = other
	}
	row := schema.SSH{Message: p.c.message(client, at), ClientVersion: out.version, ServerVersion: in.version, Cut: p.cut, Malformed: p.why}
	if out.known {
		row.ClientAlgorithms = out.algorithms(sshCipherOut)
		row.HASSH = md5Of([]byte(row.ClientAlgorithms))
	}
	if in.known {
		row.ServerAlgorithms, row.HostKeys = in.algorithms(sshCipherIn), in.lists[sshHostKey]
		row.HASSHServer = md5Of([]byte(row.ServerAlgorithms))
	}
	chosen := [sshLists]*string{
		&row.Kex, &row.HostKey, &row.CipherOut, &row.CipherIn, &row.MACOut, &row.MACIn, &row.CompressionOut, &row.CompressionIn,
	}
	for i, to := range chosen {
		*to = agreed(out.lists[i], in.lists[i])
	}
	p.c.rows.SSHs = append(p.c.rows.SSHs, row)
}

// client is the side that the connection came from.
func (p *sshParser) client() int {
	if ends := p.c.ends; !p.c.opened && ends[0].port == sshPort && ends[1].port != sshPort {
		return 1
	}
	return 0
}

// algorithms is what HASSH is of, for the direction whose ciphers are in list cipher (github.com/salesforce/hassh).
func (s *sshSide) algorithms(cipher int) string {
	return s.lists[sshKex] + ";" + s.lists[cipher] + ";" + s.lists[cipher+2] + ";" + s.lists[cipher+4]
}

// agreed is the first algorithm of the client that the server has too (RFC 4253 7.1).
func agreed(client, server string) string {
	if client == "" || server == "" {
		return ""
	}
	has := map[string]bool{}
	for b := range strings.SplitSeq(server, ",") {
		has[b] = true
	}
	for a := range strings.SplitSeq(client, ",") {
		if has[a] {
			return a
		}
	}
	return ""
}
