package schema

// QUIC is one row of table quic: one packet of QUIC with a long header (RFC 9000 17.2). Texts lie in the Rows that hold the row, or are
// strings of their own; nil and "" are none.
type QUIC struct {
	Message
	Version     int64
	VersionName string
	Type        string
	DCID, SCID  []byte // hex
	HasToken    bool
	TokenLen    int64
	HasLength   bool
	Length      int64
	Offered     []byte // list
	ServerName  string
	ALPN        string // list
	JA4         string
	ECH         Tri
	Cut         bool
	Malformed   string
}

// QUICs is the table of QUIC packets with long headers, which open connections.
var QUICs = newRows("quic", "One row per packet of QUIC with a long header (RFC 9000), of which a datagram may hold several. What the client says in its ClientHello stands in the row of the Initial packet that completes it; its keys follow from public salts (RFC 9001, RFC 9369).",
	append(messageColumns(func(r *QUIC) *Message { return &r.Message }), []field[QUIC]{
		i64("quic_version", func(r *QUIC) (int64, bool) { return r.Version, true }, "version in the header; 0 in version negotiation", ws("quic.version"), zeek("version")),
		str("version_name", func(r *QUIC) string { return r.VersionName }, "1, 2, draft-29 …; NULL for others"),
		str("packet_type", func(r *QUIC) string { return r.Type }, "initial, 0-rtt, handshake, retry or version-negotiation", ws("quic.long.packet_type")),
		text("dcid", func(r *QUIC) []byte { return r.DCID }, "connection id of the receiver, in hex; NULL for an empty one", bloom, ws("quic.dcid"), zeek("client_initial_dcid")),
		text("scid", func(r *QUIC) []byte { return r.SCID }, "connection id of the sender, in hex; NULL for an empty one", bloom, ws("quic.scid"), zeek("client_scid")),
		i64("token_len", func(r *QUIC) (int64, bool) { return r.TokenLen, r.HasToken }, "length of the token of an initial or retry packet", unit("B"), ws("quic.token_length")),
		i64("packet_len", func(r *QUIC) (int64, bool) { return r.Length, r.HasLength }, "packet number and payload, as the header declares them; NULL for retry and version negotiation", unit("B"), ws("quic.length")),
		text("offered_versions", func(r *QUIC) []byte { return r.Offered }, "versions that a server offers in version negotiation, in decimal; a list, commas between", ws("quic.supported_version")),
		str("server_name", func(r *QUIC) string { return r.ServerName }, "name that the client asks for (SNI)", bloom, ws("tls.handshake.extensions_server_name"), zeek("server_name"), ecs("tls.client.server_name")),
		str("alpn", func(r *QUIC) string { return r.ALPN }, "application protocols that the client offers"+listDoc, ws("tls.handshake.extensions_alpn_str"), zeek("client_protocol")),
		str("ja4", func(r *QUIC) string { return r.JA4 }, "JA4 of the client", bloom),
		tri("ech", func(r *QUIC) Tri { return r.ECH }, "the ClientHello holds an encrypted one: server_name is only the outer name; NULL without a ClientHello"),
		tri("cut", func(r *QUIC) Tri { return TriOf(r.Cut) }, "bytes of the packet were not captured, or its ClientHello is longer than is read"),
		str("malformed", func(r *QUIC) string { return r.Malformed }, "why the packet could not be read to the end"),
	}...))
