package decode

import (
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/schema"
)

// requestFields are the fields of requests that a row has, or that say where the body ends.
var requestFields = map[string]func(*message, string){
	"host":                first(func(m *message) *string { return &m.Host }),
	"user-agent":          first(func(m *message) *string { return &m.UserAgent }),
	"x-forwarded-for":     first(func(m *message) *string { return &m.Forwarded }),
	"upgrade":             first(func(m *message) *string { return &m.Upgrade }),
	"content-type":        first(func(m *message) *string { return &m.RequestType }),
	"referer":             (*message).referer,
	"authorization":       (*message).authorization,
	"proxy-authorization": (*message).authorization,
	"x-api-key":           (*message).secret,
	"x-auth-token":        (*message).secret,
	"cookie":              func(m *message, v string) { m.Cookies = cookieNames(m.Cookies, v) },
	"content-length":      (*message).contentLength,
	"transfer-encoding":   (*message).transferEncoding,
	"content-encoding":    (*message).contentEncoding,
}

// responseFields are those of responses.
var responseFields = map[string]func(*message, string){
	"server":             first(func(m *message) *string { return &m.Server }),
	"content-type":       first(func(m *message) *string { return &m.ResponseType }),
	"location":           func(m *message, v string) { m.Location, _ = maskURI(v) },
	"set-cookie":         (*message).setCookie,
	"www-authenticate":   (*message).challenge,
	"proxy-authenticate": (*message).challenge,
	"content-length":     (*message).contentLength,
	"transfer-encoding":  (*message).transferEncoding,
	"content-encoding":   (*message).contentEncoding,
}

// first keeps the value of a field that comes first.
func first(of func(*message) *string) func(*message, string) {
	return func(m *message, v string) {
		if to := of(m); *to == "" {
			*to = v
		}
	}
}

func (m *message) referer(v string) {
	masked, secret := maskURI(v)
	m.Referer, m.Credentials = masked, m.Credentials || secret
}

func (m *message) secret(string) { m.Credentials = true }

func (m *message) authorization(v string) {
	m.Credentials = true
	if m.AuthScheme == "" {
		m.AuthScheme = schemeOf(v)
	}
}

func (m *message) challenge(v string) {
	if len(m.Authenticate) > maxNames {
		return
	}
	m.Authenticate = string(appendItem([]byte(m.Authenticate), []byte(schemeOf(v))))
}

// schemes are those of authentication that are named: IANA's, and what is in use beside them. Of others the value may be the secret itself.
var schemes = map[string]bool{
	"basic": true, "bearer": true, "concealed": true, "digest": true, "dpop": true, "gnap": true, "hoba": true, "mutual": true, "negotiate": true,
	"oauth": true, "privatetoken": true, "scram-sha-1": true, "scram-sha-256": true, "vapid": true, "ntlm": true, "kerberos": true,
	"aws4-hmac-sha256": true, "token": true, "apikey": true,
}

func schemeOf(v string) string {
	scheme, _, _ := strings.Cut(v, " ")
	if scheme = strings.ToLower(scheme); schemes[scheme] {
		return scheme
	}
	return "other"
}

// maxNames bounds the lists that fields are added to one by one, in bytes: beyond it no more fields are.
const maxNames = 4 << 10

// cookieNames adds the names in the value of Cookie to a list. What has no name may be the secret.
func cookieNames(list, v string) string {
	if len(list) > maxNames {
		return list
	}
	to := []byte(list)
	for pair := range strings.SplitSeq(v, ";") {
		if name, _, ok := strings.Cut(pair, "="); ok {
			to = appendItem(to, []byte(strings.TrimSpace(name)))
		}
	}
	return string(to)
}

func (m *message) setCookie(v string) {
	v, _, _ = strings.Cut(v, ";")
	m.SetCookies = cookieNames(m.SetCookies, v)
}

// contentLength takes a length, which may stand there twice or in a list where all agree.
func (m *message) contentLength(v string) {
	for part := range strings.SplitSeq(v, ",") {
		part = strings.TrimSpace(part)
		n, err := strconv.ParseUint(part, 10, 63)
		if err != nil || m.hasLength && int64(n) != m.length {
			m.malformed(schema.MalformedHTTPLength)
			return
		}
		m.hasLength, m.length = true, int64(n)
	}
}

func (m *message) transferEncoding(v string) {
	m.coded = true
	m.coding = appendItem(m.coding, []byte(strings.ToLower(v)))
	last := v[strings.LastIndexByte(v, ',')+1:]
	m.chunked = strings.EqualFold(strings.TrimSpace(last), "chunked")
}

func (m *message) contentEncoding(v string) {
	m.coding = appendItem(m.coding, []byte(strings.ToLower(v)))
}
