package decode

import "strings"

// mask stands for a secret.
const mask = "***"

// secretNames are names of parameters whose values are secrets: in lower case, without hyphens, low lines and dots.
var secretNames = map[string]bool{
	"pass": true, "pw": true, "psw": true, "pin": true, "otp": true, "key": true, "auth": true, "sid": true, "sig": true, "signature": true,
	"code": true, "jwt": true, "sas": true, "credential": true, "credentials": true, "creds": true, "saml": true, "samlresponse": true,
	"assertion": true, "ticket": true,
}

// secretParts are what such a name may hold.
var secretParts = []string{
	"passw", "passwd", "passphrase", "pwd", "userpass", "token", "secret", "apikey", "accesskey", "privatekey", "session", "sessid", "credential", "authkey",
}

// maskURI masks the user information of a URI (RFC 3986 3.2.1) and the values of parameters that are secrets by their names, in its query,
// its path parameters and its fragment. It reports whether there were any.
func maskURI(s string) (masked string, secret bool) {
	s, secret = maskUser(s)
	at := strings.IndexAny(s, "?;#")
	if at < 0 {
		return s, secret
	}
	var out strings.Builder
	from := 0 // not yet in out
	for at >= 0 && at < len(s) {
		at++ // behind the separator
		end := len(s)
		if n := strings.IndexAny(s[at:], "?;#&"); n >= 0 {
			end = at + n
		}
		if name, value, ok := strings.Cut(s[at:end], "="); ok && value != "" && secretName(name) {
			out.WriteString(s[from : at+len(name)+1])
			out.WriteString(mask)
			from, secret = end, true
		}
		at = end
	}
	if from == 0 {
		return s, secret
	}
	out.WriteString(s[from:])
	return out.String(), secret
}

func maskUser(s string) (masked string, secret bool) {
	scheme, rest, ok := strings.Cut(s, "//")
	if !ok || strings.ContainsAny(scheme, "/?#") {
		return s, false
	}
	authority := rest
	if n := strings.IndexAny(rest, "/?#"); n >= 0 {
		authority = rest[:n]
	}
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return s, false
	}
	return scheme + "//" + mask + rest[at:], true
}

// secretName judges the name of a parameter, whose percent signs may hide it.
func secretName(name string) bool {
	var plain [64]byte
	n := 0
	for i := 0; i < len(name) && n < len(plain); i++ {
		c := name[i]
		if c == '%' && i+2 < len(name) && hexDigit(name[i+1]) >= 0 && hexDigit(name[i+2]) >= 0 {
			c = byte(hexDigit(name[i+1])<<4 | hexDigit(name[i+2]))
			i += 2
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != '-' && c != '_' && c != '.' {
			plain[n] = c
			n++
		}
	}
	if secretNames[string(plain[:n])] {
		return true
	}
	for _, part := range secretParts {
		if strings.Contains(string(plain[:n]), part) {
			return true
		}
	}
	return false
}
