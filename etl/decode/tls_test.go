package decode_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/schema"
)

// records puts bytes into TLS records of at most size bytes.
func records(kind byte, b []byte, size int) (out []byte) {
	for part := range slices.Chunk(b, size) {
		out = join(out, []byte{kind, 3, 1}, vector(2, part))
	}
	return out
}

// vector is bytes with their length in n bytes before them.
func vector(n int, b []byte) []byte {
	var length [4]byte
	binary.BigEndian.PutUint32(length[:], uint32(len(b)))
	return join(length[4-n:], b)
}

func handshake(kind byte, body []byte) []byte { return join([]byte{kind}, vector(3, body)) }

// list16 is numbers of 16 bits, in hex as the descriptions of fingerprints write them.
func list16(s string) []byte { return octets(strings.ReplaceAll(s, ",", "")) }

type extension struct {
	kind uint16
	body []byte
}

func extensions(list []extension) (out []byte) {
	for _, e := range list {
		out = join(out, binary.BigEndian.AppendUint16(nil, e.kind), vector(2, e.body))
	}
	return vector(2, out)
}

func sni(name string) extension {
	return extension{0, vector(2, join([]byte{0}, vector(2, []byte(name))))}
}

func alpn(protocols ...string) extension {
	var list []byte
	for _, p := range protocols {
		list = join(list, vector(1, []byte(p)))
	}
	return extension{16, vector(2, list)}
}

func helloBody(version uint16, session, ciphers []byte, list []extension) []byte {
	b := join(binary.BigEndian.AppendUint16(nil, version), make([]byte, 32), vector(1, session), vector(2, ciphers), []byte{1, 0})
	if list == nil {
		return b
	}
	return join(b, extensions(list))
}

// clientHello is a hello to example.org, with more extensions.
func clientHello(more []extension) []byte {
	list := append([]extension{sni("example.org"), alpn("h2", "http/1.1")}, more...)
	return handshake(1, helloBody(0x0303, []byte("session"), list16("1301,c02f"), list))
}

func serverHello(version uint16, list []extension) []byte {
	b := join(binary.BigEndian.AppendUint16(nil, version), make([]byte, 32), vector(1, nil), list16("c02f"), []byte{0})
	return handshake(2, join(b, extensions(list)))
}

func chain(certificates ...[]byte) []byte {
	var list []byte
	for _, c := range certificates {
		list = join(list, vector(3, c))
	}
	return vector(3, list)
}

// certificate is one that signs itself.
var certificate = func() []byte {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(0x1234), Subject: pkix.Name{CommonName: "example.org", Organization: []string{"A, B"}},
		NotBefore: time.Unix(1e9, 0), NotAfter: time.Unix(2e9, 0), DNSNames: []string{"example.org", "*.example.org"}, IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return der
}()

// TestJA3 has the vectors of github.com/salesforce/ja3.
func TestJA3(t *testing.T) {
	groups := extension{10, vector(2, list16("0017,0018,0019"))}
	formats := extension{11, []byte{1, 0}}
	cases := []struct{ name, ciphers, text, md5 string }{
		{"with extensions", "002f,0035,0005,000a,c009,c00a,c013,c014,0032,0038,0013,0004", "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5"},
		{"without", "0004,0005,000a,0009,0064,0062,0003,0006,0013,0012,0063", "769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6"},
		{"GREASE", "0a0a,002f,0035,0005,000a,c009,c00a,c013,c014,0032,0038,0013,0004", "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5"},
	}
	for _, c := range cases {
		var list []extension
		switch c.name {
		case "with extensions":
			list = []extension{sni("a"), groups, formats}
		case "GREASE":
			list = []extension{{0xfafa, nil}, sni("a"), {10, vector(2, list16("1a1a,0017,0018,0019"))}, formats}
		}
		var h decode.Hello
		if !decode.ParseClientHello(helloBody(0x0301, nil, list16(c.ciphers), list), &h) {
			t.Errorf("%s: not read to its end", c.name)
		}
		if got := h.JA3Text(); got != c.text {
			t.Errorf("%s: %s, want %s", c.name, got, c.text)
		}
		rows := play(records(22, handshake(1, helloBody(0x0301, nil, list16(c.ciphers), list)), 1<<14))
		if len(rows.TLSs) != 1 || rows.TLSs[0].JA3 != c.md5 {
			t.Errorf("%s: %+v, want %s", c.name, rows.TLSs, c.md5)
		}
	}
}

// play is the rows of what a client, then a server say.
func play(turns ...[]byte) *decode.Rows {
	k := newTalk()
	exchange(turns).play(k)
	return k.end()
}

// TestJA4 has the vectors of github.com/FoxIO-LLC/ja4, technical_details/JA4.md and python/test/testdata.
func TestJA4(t *testing.T) {
	const ciphers = "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"
	cases := []struct{ ciphers, extensions, signatures, alpn, versions, want string }{
		{ciphers, "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015", "0403,0804,0401,0503,0805,0501,0806,0601", "h2", "0304,0303", "t13d1516h2_8daaf6152771_e5627efa2ab1"},
		{"1a1a," + ciphers, "eaea,001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015", "dada,0403,0804,0401,0503,0805,0501,0806,0601", "h2", "fafa,0304,0303", "t13d1516h2_8daaf6152771_e5627efa2ab1"},
		{ciphers, "fe0d,0010,0017,0033,44cd,ff01,000a,000d,0023,002b,000b,ca34,002d,0000,0005,001b,0012", "0904,0905,0906,0403,0804,0401,0503,0805,0501,0806,0601", "h2", "0304", "t13d1517h2_8daaf6152771_cb7bf5808d99"},
		{"", "", "", "", "", "t12i000000_000000000000_000000000000"},
		{"1301", "0010", "", "\xab", "", "t12i0101ab_"},
		{"1301", "0010", "", "\xab\xcd", "", "t12i0101ad_"},
		{"1301", "0010", "", "\x30\xab", "", "t12i01013b_"},
		{"1301", "0010", "", "\x30\x31\xab\xcd", "", "t12i01013d_"},
		{"1301", "0010", "", "\x30\xab\xcd\x31", "", "t12i010101_"},
		{"1301", "0010,0000", "", "x", "", "t12d0102xx_"},
	}
	for _, c := range cases {
		list := []extension{}
		for kinds := list16(c.extensions); len(kinds) > 0; kinds = kinds[2:] {
			e := extension{kind: binary.BigEndian.Uint16(kinds)}
			switch e.kind {
			case 0:
				e = sni("example.org")
			case 13:
				e.body = vector(2, list16(c.signatures))
			case 16:
				e = alpn(c.alpn)
			case 43:
				e.body = vector(1, list16(c.versions))
			}
			list = append(list, e)
		}
		var h decode.Hello
		if !decode.ParseClientHello(helloBody(0x0303, nil, list16(c.ciphers), list), &h) {
			t.Errorf("%s: not read to its end", c.want)
		}
		if got := h.JA4(); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s, want %s (%s)", got, c.want, h.JA4Raw())
		}
	}
}

func TestTLS(t *testing.T) {
	sum := sha256.Sum256(certificate)
	versions := func(v ...string) extension { return extension{43, list16(strings.Join(v, ","))} }
	offer := extension{43, vector(1, list16("0304,0303"))}
	retry := slices.Concat([]byte{2, 0, 0, 46, 3, 3}, octets("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c"), []byte{0}, list16("1301"), []byte{0}, extensions([]extension{versions("0304")}))
	cases := []struct {
		name  string
		turns exchange
		want  []cells
	}{
		{"TLS 1.2 with a certificate", dialogues["tls"], []cells{
			{"kind": "client", "server_name": "example.org", "alpn": "h2,http/1.1", "ciphers": "4865,49199", "version": "TLS 1.2", "record_version": "769", "hello_version": "771", "ech": "false", "cut": "false", "malformed": ""},
			{
				"kind": "server", "server_name": "example.org", "cipher": "49199", "version": "TLS 1.2", "resumed": "false", "cert_count": "1", "cert_sha256": hex.EncodeToString(sum[:]),
				"cert_subject": `CN=example.org,O=A\, B`, "cert_names": "example.org,*.example.org,192.0.2.1", "cert_serial": "1234", "cert_key": "ECDSA 256", "cert_not_before": "2001-09-09T01:46:40.000000", "malformed": "",
			},
		}},
		{"TLS 1.3", exchange{records(22, clientHello([]extension{offer}), 1000), records(22, serverHello(0x0303, []extension{versions("0304"), {51, list16("001d0000")}}), 1000)}, []cells{
			{"version": "TLS 1.3", "supported_versions": "772,771"},
			{"version": "TLS 1.3", "hello_version": "771", "resumed": "false", "retry": "false", "key_shares": "29", "cert_count": ""},
		}},
		{"HelloRetryRequest", exchange{
			records(22, clientHello([]extension{offer}), 1000), join(records(22, retry, 1000), records(20, []byte{1}, 1)),
			join(records(20, []byte{1}, 1), records(22, clientHello([]extension{offer}), 1000)), records(22, serverHello(0x0303, []extension{versions("0304"), {41, []byte{0, 0}}}), 1000),
		}, []cells{{"kind": "client"}, {"kind": "server", "retry": "true"}, {"kind": "client"}, {"kind": "server", "retry": "false", "resumed": "true"}}},
		{"resumed by a ticket", exchange{records(22, clientHello(nil), 1000), join(records(22, serverHello(0x0303, nil), 1000), records(20, []byte{1}, 1))}, []cells{{}, {"resumed": "true"}}},
		{"alert", exchange{records(22, clientHello(nil), 1000), records(21, []byte{2, 40}, 2)}, []cells{{}, {"kind": "alert", "alert_level": "2", "alert": "40", "server_name": "example.org", "src_port": "80"}}},
		{"SSL 2.0 hello", exchange{octets("802b 01 0301 0012 0000 0010 00002f 00000a 010080 000004 0700c0 000005 00112233445566778899aabbccddeeff")}, []cells{{"kind": "client", "version": "TLS 1.0", "ciphers": "47,10,65664,4,458944,5", "ja3": ""}}},
		{"extension passes the end", exchange{records(22, handshake(1, join(helloBody(0x0303, nil, list16("1301"), nil), octets("0004 0010 00ff"))), 1000)}, []cells{{"malformed": "tls-hello", "ja3": "", "ja4": ""}}},
		{"certificate that is none", exchange{nil, records(22, join(serverHello(0x0303, nil), handshake(11, chain([]byte("no")))), 1000)}, []cells{{"malformed": "tls-certificate", "cert_sha256": fmt.Sprintf("%x", sha256.Sum256([]byte("no"))), "cert_not_before": ""}}},
		{"end in the hello", exchange{records(22, clientHello(nil), 1000)[:90]}, []cells{{"kind": "client", "server_name": "example.org", "cut": "true", "ja4": "", "malformed": ""}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			rows := play(c.turns...)
			if len(rows.TLSs) != len(c.want) {
				t.Fatalf("%d rows, want %d: %+v", len(rows.TLSs), len(c.want), rows.TLSs)
			}
			for i, want := range c.want {
				checkCells(t, schema.TLSs, &rows.TLSs[i], want)
			}
		})
	}
}

// TestStartTLS: the hello behind STARTTLS and its kin is read, and the service stays what came first.
func TestStartTLS(t *testing.T) {
	cases := []struct {
		service string
		turns   exchange
	}{
		{"smtp", exchange{[]byte("EHLO a\r\n"), []byte("250-b\r\n250 STARTTLS\r\n"), []byte("STARTTLS\r\n"), []byte("220 ready\r\n")}},
		{"postgresql", exchange{octets("00000008 04d2162f"), []byte("S")}},
		{"http", exchange{[]byte("CONNECT a:443 HTTP/1.1\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\n\r\n")}},
	}
	for _, c := range cases {
		k := newTalk()
		append(c.turns, records(22, clientHello(nil), 1000), records(22, serverHello(0x0303, nil), 1000)).play(k)
		rows := k.end()
		if len(rows.TLSs) != 2 || rows.TLSs[0].ServerName != "example.org" || !slices.Equal(k.service, []string{c.service}) {
			t.Errorf("%s: recognised as %v, %+v", c.service, k.service, rows.TLSs)
		}
	}
}

// FuzzHello: any body of a hello or a certificate message is read without a panic, also as a stream.
func FuzzHello(f *testing.F) {
	f.Add(clientHello(nil)[4:], byte(1))
	f.Add(serverHello(0x0303, nil)[4:], byte(2))
	f.Add(chain(certificate, certificate), byte(11))
	f.Fuzz(func(t *testing.T, body []byte, kind byte) {
		rows := play(records(22, join(serverHello(0x0303, nil), handshake(kind, body)), 1000), records(22, body, 1<<14))
		for i := range rows.TLSs {
			if r := &rows.TLSs[i]; r.CertCount > 0 && len(r.SHA256) != 64 {
				t.Errorf("%d certificates, SHA-256 %q", r.CertCount, r.SHA256)
			}
		}
	})
}
