package schema

// SSH is one row of table ssh: the beginning of one connection of SSH (RFC 4253). Texts are the row's own.
type SSH struct {
	Message                             // from the client to the server, of the frame that completed the row
	ClientVersion, ServerVersion string // identification strings
	HASSH, HASSHServer           string // 32 hex digits
	ClientAlgorithms             string // kex;encryption;mac;compression
	ServerAlgorithms             string
	Kex, HostKey                 string // chosen
	CipherOut, CipherIn          string // client to server, server to client
	MACOut, MACIn                string
	CompressionOut               string
	CompressionIn                string
	HostKeys                     string // list
	Cut                          bool
	Malformed                    string
}

// SSHs is the table of SSH connections.
var SSHs = newRows("ssh", "One row per connection of SSH, on any port, when both sides have named their algorithms, or at its end with what was seen. src is the client: the sender of the SYN, "+
	"else the side whose port is not 22. What was chosen follows from the two lists (RFC 4253 7.1). All later messages are encrypted.",
	append(messageColumns(func(r *SSH) *Message { return &r.Message }), []field[SSH]{
		str("client_version", func(r *SSH) string { return r.ClientVersion }, "identification of the client: SSH-2.0-OpenSSH_9.6", ws("ssh.protocol"), zeek("client")),
		str("server_version", func(r *SSH) string { return r.ServerVersion }, "identification of the server", ws("ssh.protocol"), zeek("server")),
		str("hassh", func(r *SSH) string { return r.HASSH }, "HASSH fingerprint of the client, MD5 in hex digits", bloom, ws("ssh.kex.hassh"), zeek("hassh")),
		str("hassh_server", func(r *SSH) string { return r.HASSHServer }, "hasshServer fingerprint of the server", bloom, ws("ssh.kex.hasshserver"), zeek("hasshServer")),
		str("client_algorithms", func(r *SSH) string { return r.ClientAlgorithms }, "what hassh is of: the client's methods of key exchange; and, client to server, encryption; authentication; compression", ws("ssh.kex.hassh_algorithms"), zeek("hasshAlgorithms")),
		str("server_algorithms", func(r *SSH) string { return r.ServerAlgorithms }, "what hassh_server is of: the server's, server to client", ws("ssh.kex.hasshserver_algorithms"), zeek("hasshServerAlgorithms")),
		str("host_keys", func(r *SSH) string { return r.HostKeys }, "kinds of host key that the server has; a list, commas between"),
		str("kex", func(r *SSH) string { return r.Kex }, "method of key exchange chosen", zeek("kex_alg")),
		str("host_key", func(r *SSH) string { return r.HostKey }, "kind of host key chosen", zeek("host_key_alg")),
		str("cipher_client", func(r *SSH) string { return r.CipherOut }, "encryption chosen, client to server", zeek("cipher_alg")),
		str("cipher_server", func(r *SSH) string { return r.CipherIn }, "encryption chosen, server to client"),
		str("mac_client", func(r *SSH) string { return r.MACOut }, "authentication of messages chosen, client to server; of no meaning where the encryption authenticates", zeek("mac_alg")),
		str("mac_server", func(r *SSH) string { return r.MACIn }, "authentication of messages chosen, server to client"),
		str("compression_client", func(r *SSH) string { return r.CompressionOut }, "compression chosen, client to server", zeek("compression_alg")),
		str("compression_server", func(r *SSH) string { return r.CompressionIn }, "compression chosen, server to client"),
		tri("cut", func(r *SSH) Tri { return TriOf(r.Cut) }, "an identification or a list of algorithms was not captured, was lost, or lies beyond 64 KiB"),
		str("malformed", func(r *SSH) string { return r.Malformed }, "why a message could not be read to the end"),
	}...))
