package pseudonym

import "strings"

// words are those of protocols that stand for themselves, by the registries of IANA: what else stands in their place was chosen by a sender and may name somebody.
var words = wordsOf(`
	GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH SUBSCRIBE UNSUBSCRIBE NOTIFY M-SEARCH PRI
	1.0 1.1 2.0
	basic bearer digest hoba mutual negotiate ntlm kerberos oauth scram-sha-1 scram-sha-256 vapid dpop gnap privatetoken
	websocket h2c TLS/1.0 TLS/1.2 TLS/1.3 HTTP/2.0
	http/0.9 http/1.0 http/1.1 h2 h3 h3-29 spdy/1 spdy/2 spdy/3 spdy/3.1 stun.turn stun.nat-discovery webrtc c-webrtc ftp imap pop3 managesieve coap xmpp-client
	xmpp-server acme-tls/1 mqtt dot ntske/1 sunrpc smb irc nntp nnsp doq sip/2 co dicom postgresql radius/1.0 radius/1.1
	gzip deflate compress br zstd identity chunked x-gzip trailers
	text/html text/plain text/css text/xml text/javascript text/csv application/json application/xml application/javascript application/octet-stream
	application/pdf application/zip application/gzip application/x-www-form-urlencoded multipart/form-data image/png image/jpeg image/gif image/webp image/svg+xml
	image/x-icon font/woff font/woff2 video/mp4 audio/mpeg application/ocsp-request application/ocsp-response application/dns-message application/grpc application/soap+xml
	GOES GPS GAL PPS IRIG WWVB DCF HBG MSF JJY LORC TDF CHU WWV WWVH NIST ACTS USNO PTB LOCL
	ACST AUTH AUTO BCST CRYP DENY DROP RSTR INIT MCST NKEY RATE RMOT STEP
	curve25519-sha256 curve25519-sha256@libssh.org ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521 diffie-hellman-group1-sha1
	diffie-hellman-group14-sha1 diffie-hellman-group14-sha256 diffie-hellman-group16-sha512 diffie-hellman-group18-sha512
	diffie-hellman-group-exchange-sha1 diffie-hellman-group-exchange-sha256 sntrup761x25519-sha512@openssh.com sntrup761x25519-sha512 mlkem768x25519-sha256
	ssh-rsa ssh-dss ssh-ed25519 ssh-ed448 rsa-sha2-256 rsa-sha2-512 ecdsa-sha2-nistp256 ecdsa-sha2-nistp384 ecdsa-sha2-nistp521
	ssh-rsa-cert-v01@openssh.com ssh-ed25519-cert-v01@openssh.com
	chacha20-poly1305@openssh.com aes128-ctr aes192-ctr aes256-ctr aes128-gcm@openssh.com aes256-gcm@openssh.com aes128-cbc aes192-cbc aes256-cbc 3des-cbc
	blowfish-cbc arcfour arcfour128 arcfour256 cast128-cbc
	umac-64@openssh.com umac-128@openssh.com umac-64-etm@openssh.com umac-128-etm@openssh.com hmac-md5 hmac-md5-96 hmac-sha1 hmac-sha1-96 hmac-sha2-256 hmac-sha2-512
	hmac-sha1-etm@openssh.com hmac-sha2-256-etm@openssh.com hmac-sha2-512-etm@openssh.com hmac-md5-etm@openssh.com
	none zlib zlib@openssh.com`)

func wordsOf(list string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(list) {
		all[word] = true
	}
	return all
}
