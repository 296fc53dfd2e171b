package schema

// TLS is one row of table tls: one hello, or one alert in clear, of the TLS handshake over TCP (RFC 8446, RFC 5246). Texts are the row's own.
type TLS struct {
	Message
	Kind          string // "client", "server" or "alert"
	RecordVersion int32  // of the record that the message began in; 0: none, as in a hello of SSL 2.0
	HelloVersion  int32  // of the hello itself; 0 in alerts
	Version       string // name of the version offered highest or chosen; "" in alerts
	Versions      string // supported_versions: list
	ServerName    string
	ALPN          string // list
	Ciphers       string // list
	HasCipher     bool   // Cipher was chosen
	Cipher        int32
	Extensions    string // list
	Groups        string // list
	PointFormats  string // list
	Signatures    string // list
	KeyShares     string // list
	Resumed       Tri
	Retry         Tri
	ECH           Tri
	JA3           string // 32 hex digits
	JA3S          string
	JA4           string
	CertCount     int32 // certificates sent; 0: none in clear
	Certificate         // of the server itself, the first of the chain
	HasAlert      bool
	AlertLevel    int32
	Alert         int32
	Cut           bool
	Malformed     string
}

// Certificate is what a row of tls says of an X.509 certificate (RFC 5280). SHA256 is "" where it was not captured whole; the rest is empty
// where it cannot be read.
type Certificate struct {
	SHA256    string // 64 hex digits
	Subject   string // RFC 4514
	Issuer    string
	Serial    string // hex digits
	NotBefore int64  // microseconds since 1970-01-01 UTC; NoTime: unknown
	NotAfter  int64
	Names     string // subject alternative names: list
	Key       string
}

// TLSs is the table of TLS hellos and alerts.
var TLSs = newRows("tls", "One row per ClientHello (kind client), ServerHello (server) and alert in clear (alert) of TLS 1.0 to 1.3 and SSL 2.0 and 3.0 over TCP, on any port. "+
	"Rows of one connection share flow_id. The certificate stands in the server's row where it was sent in clear (up to TLS 1.2). A HelloRetryRequest is a server's row with retry. "+
	"What begins behind CONNECT of HTTP, STARTTLS and the like is read too; DTLS and certificates of clients are not. Lists stand as the message has them, reserved values (GREASE, RFC 8701) included.",
	append(messageColumns(func(r *TLS) *Message { return &r.Message }), []field[TLS]{
		str("kind", func(r *TLS) string { return r.Kind }, "client, server or alert"),
		i32("record_version", func(r *TLS) (int32, bool) { return r.RecordVersion, r.RecordVersion != 0 }, "version of the record layer, 0x0301 as 769", ws("tls.record.version")),
		i32("hello_version", func(r *TLS) (int32, bool) { return r.HelloVersion, r.HelloVersion != 0 }, "version field of the hello, which TLS 1.3 leaves at 771", ws("tls.handshake.version")),
		str("version", func(r *TLS) string { return r.Version }, "highest version that the client offers, the version that the server chose: TLS 1.3, SSL 3.0; others as 0x7f1c", zeek("version"), ecs("tls.version")),
		str("supported_versions", func(r *TLS) string { return r.Versions }, "versions of the extension supported_versions; a list, commas between", ws("tls.handshake.extensions.supported_version")),
		str("server_name", func(r *TLS) string { return r.ServerName }, "host name that the client asks for (SNI, RFC 6066); in the server's row as its client asked", bloom, ws("tls.handshake.extensions_server_name"), zeek("server_name"), ecs("tls.client.server_name")),
		str("alpn", func(r *TLS) string { return r.ALPN }, "application protocols offered, or the one chosen (RFC 7301)"+listDoc, ws("tls.handshake.extensions_alpn_str"), zeek("next_protocol"), ecs("tls.next_protocol")),
		str("ciphers", func(r *TLS) string { return r.Ciphers }, "cipher suites that the client offers, as IANA numbers them, in a hello of SSL 2.0 its own of 24 bits; a list, commas between", ws("tls.handshake.ciphersuite"), ecs("tls.client.supported_ciphers")),
		i32("cipher", func(r *TLS) (int32, bool) { return r.Cipher, r.HasCipher }, "cipher suite that the server chose", ws("tls.handshake.ciphersuite"), zeek("cipher"), ecs("tls.cipher")),
		str("extensions", func(r *TLS) string { return r.Extensions }, "types of the extensions, in order; a list, commas between", ws("tls.handshake.extension.type")),
		str("groups", func(r *TLS) string { return r.Groups }, "supported groups (curves) that the client offers; a list, commas between", ws("tls.handshake.extensions_supported_group")),
		str("point_formats", func(r *TLS) string { return r.PointFormats }, "formats of points on curves; a list, commas between", ws("tls.handshake.extensions_ec_point_format")),
		str("signature_algorithms", func(r *TLS) string { return r.Signatures }, "signature schemes that the client takes; a list, commas between", ws("tls.handshake.sig_hash_alg")),
		str("key_shares", func(r *TLS) string { return r.KeyShares }, "groups that the sender has sent a key share of, or in a retry the one it asks for; a list, commas between", ws("tls.handshake.extensions_key_share_group"), zeek("curve")),
		tri("resumed", func(r *TLS) Tri { return r.Resumed }, "server: an earlier session goes on, by its id, its ticket or a pre-shared key; NULL in other rows and where the capture does not tell", zeek("resumed"), ecs("tls.resumed")),
		tri("retry", func(r *TLS) Tri { return r.Retry }, "server: the hello is a HelloRetryRequest (RFC 8446 4.1.4)"),
		tri("ech", func(r *TLS) Tri { return r.ECH }, "client: the hello has an encrypted one in it (extension 65037, or 65486 of the drafts); browsers also send it empty of meaning"),
		str("ja3", func(r *TLS) string { return r.JA3 }, "JA3 fingerprint of the client, MD5 in hex digits", bloom, ws("tls.handshake.ja3"), zeek("ja3"), ecs("tls.client.ja3")),
		str("ja3s", func(r *TLS) string { return r.JA3S }, "JA3S fingerprint of the server", bloom, ws("tls.handshake.ja3s"), zeek("ja3s"), ecs("tls.server.ja3s")),
		str("ja4", func(r *TLS) string { return r.JA4 }, "JA4 fingerprint of the client", bloom, ws("tls.handshake.ja4"), ecs("tls.client.ja4")),
		i32("cert_count", func(r *TLS) (int32, bool) { return r.CertCount, r.CertCount > 0 }, "server: certificates in its chain, as sent"),
		str("cert_sha256", func(r *TLS) string { return r.SHA256 }, "SHA-256 of the server's own certificate", bloom, zeek("cert_chain_fps"), ecs("tls.server.hash.sha256")),
		str("cert_subject", func(r *TLS) string { return r.Subject }, "its subject (RFC 4514)", zeek("subject"), ecs("tls.server.subject")),
		str("cert_issuer", func(r *TLS) string { return r.Issuer }, "its issuer (RFC 4514)", zeek("issuer"), ecs("tls.server.issuer")),
		str("cert_serial", func(r *TLS) string { return r.Serial }, "its serial number in hex digits", ws("x509af.serialNumber"), ecs("x509.serial_number")),
		ts("cert_not_before", func(r *TLS) int64 { return timeIf(r.SHA256, r.NotBefore) }, "begin of its validity", ecs("tls.server.not_before")),
		ts("cert_not_after", func(r *TLS) int64 { return timeIf(r.SHA256, r.NotAfter) }, "end of its validity", ecs("tls.server.not_after")),
		str("cert_names", func(r *TLS) string { return r.Names }, "its subject alternative names: DNS names, addresses, mail addresses and URIs"+listDoc, ecs("x509.alternative_names")),
		str("cert_key", func(r *TLS) string { return r.Key }, "kind and size of its public key: RSA 2048, ECDSA 256, Ed25519"),
		i32("alert_level", func(r *TLS) (int32, bool) { return r.AlertLevel, r.HasAlert }, "1 warning, 2 fatal", ws("tls.alert_message.level")),
		i32("alert", func(r *TLS) (int32, bool) { return r.Alert, r.HasAlert }, "description of the alert, as IANA numbers them", ws("tls.alert_message.desc"), zeek("last_alert")),
		tri("cut", func(r *TLS) Tri { return TriOf(r.Cut) }, "bytes of the message, or of the certificates, were not captured, were lost, or lie beyond 64 KiB"),
		str("malformed", func(r *TLS) string { return r.Malformed }, "why the message could not be read to the end"),
	}...))

// timeIf is a time of a certificate that there is.
func timeIf(sha256 string, t int64) int64 {
	if sha256 == "" {
		return NoTime
	}
	return t
}
