package decode_test

import (
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
)

func TestRecognise(t *testing.T) {
	cases := []struct {
		first string
		want  string // where more bytes may follow
		final string // where none will
	}{
		{"GET / HTTP/1.1\r\n", "http", "http"},
		{"GET / HTTP", "", "http"},
		{"GET / RTSP/1.0\r\n", "rtsp", "rtsp"},
		{"M-SEARCH * HTTP/1.1\r\n", "http", "http"},
		{"M-SEARCH *", "", ""},
		{"GET key\r\n", "", ""},
		{"\x00GET / HTTP/1.1\r\n", "", ""},
		{"HTTP/1.1 200 OK\r\n", "http", "http"},
		{"HTTP/1.1", "", ""},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http2", "http2"},
		{"SSH-2.0-OpenSSH_9.6\r\n", "ssh", "ssh"},
		{"SSH-9", "", ""},
		{"\x16\x03\x01\x02\x00\x01", "tls", "tls"},
		{"\x16\x03\x01\x02", "", ""},
		{"\x17\x03\x03\x00\x20\x00", "tls", "tls"},
		{"\x15\x03\x03\x00\x02\x02\x28", "tls", "tls"},
		{"\x14\x03\x03\x00\x01\x01", "tls", "tls"},
		{"\x16\x04\x01\x02\x00\x01", "", ""},
		{"\x00\x00\x00\x55\xffSMBr", "smb", "smb"},
		{"\x00\x00\x00\x55\xfeSMB@", "smb", "smb"},
		{"\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x0b\x00\x00\x00", "rdp", "rdp"},
		{"\x03\x00\x00\x2a\x25\xe0\x00\x00\x00\x00\x00Cookie: mstshash=user\r\n", "rdp", "rdp"},
		{"\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x01\x00\xc1\x02\x01\x00\xc2\x02\x01\x02\xc0\x01\x0a", "", ""}, // S7
		{"220 (vsFTPd 3.0.5)\r\n", "ftp", "ftp"},
		{"220 mail.example.org ESMTP Postfix\r\n", "smtp", "smtp"},
		{"220 example.org\r\n", "", ""},
		{"220 example", "", ""},
		{"EHLO example.org\r\n", "smtp", "smtp"},
		{"helo x", "smtp", "smtp"},
		{"+OK POP3 ready\r\n", "pop3", "pop3"},
		{"+OK\r\n", "", ""},
		{"* OK IMAP4rev1\r\n", "imap", "imap"},
		{"\xff\xfb\x18\xff\xfb\x20", "telnet", "telnet"},
		{"\xff\xff\xff\xff", "", ""},
		{"\x4a\x00\x00\x00\x0a8.0.36\x00abcdefgh", "mysql", "mysql"},
		{"\x00\x00\x00\x08\x04\xd2\x16\x2f", "postgresql", "postgresql"},
		{"\x00\x00\x00\x20\x00\x03\x00\x00user\x00postgres\x00", "postgresql", "postgresql"},
		{"RFB 003.008\n", "rfb", "rfb"},
		{"OPTIONS sip:a@example.org SIP/2.0\r\n", "sip", "sip"},
		{"AMQP\x00\x00\x09\x01", "amqp", "amqp"},
		{"\x10\x1f\x00\x04MQTT\x04", "mqtt", "mqtt"},
		{"\x10\x80\x02\x00\x04MQTT\x05", "mqtt", "mqtt"},
		{"\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00", "ldap", "ldap"},
		{"*2\r\n$3\r\nGET\r\n", "redis", "redis"},
		{"\x13BitTorrent protocol\x00", "bittorrent", "bittorrent"},
		{"\x05\x01\x00", "", ""},
		{"hello, world\r\n", "", ""},
		{"", "", ""},
	}
	for _, c := range cases {
		if got := decode.Recognise([]byte(c.first), false); got != c.want {
			t.Errorf("%q: recognised as %q, want %q", c.first, got, c.want)
		}
		if got := decode.Recognise([]byte(c.first), true); got != c.final {
			t.Errorf("%q, and no more: recognised as %q, want %q", c.first, got, c.final)
		}
		for n := range c.first {
			if got := decode.Recognise([]byte(c.first[:n]), false); got != "" && got != c.want {
				t.Errorf("%q: recognised as %q, then as %q", c.first[:n], got, c.want)
			}
		}
	}
}
