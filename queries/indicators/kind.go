package indicators

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Kind is what an indicator is.
type Kind string

// The kinds of indicators, and the form of their values.
const (
	Address    Kind = "address"     // an address, or a network as CIDR with no bits beyond its length; IPv4 mapped into IPv6 as IPv4
	Domain     Kind = "domain"      // a name and all below it: lower case, punycode, no final dot
	URL        Kind = "url"         // scheme://host[:port]/path[?query], the host as Domain, without default ports, user and fragment
	URI        Kind = "uri"         // a request target: /path[?query]
	JA3        Kind = "ja3"         // of the client or the server (JA3S): 32 hex digits, lower case
	JA4        Kind = "ja4"         // of the client
	HASSH      Kind = "hassh"       // of SSH's client or server: 32 hex digits, lower case
	CertSHA256 Kind = "cert-sha256" // SHA-256 of a server's certificate: 64 hex digits, lower case
	UserAgent  Kind = "user-agent"  // the whole text, as sent
)

// kinds are all of them: how their texts become values, and the names that lists call them by beside their own.
var kinds = map[Kind]struct {
	names     []string
	normalise func(string) (string, error)
}{
	Address:    {[]string{"ip", "ipv4", "ipv6", "ip-address", "cidr", "net", "network", "ip:port", "dst-ip", "src-ip"}, address},
	Domain:     {[]string{"host", "hostname", "fqdn", "domain-name"}, domain},
	URL:        {nil, webURL},
	URI:        {[]string{"path", "uri-path"}, uri},
	JA3:        {[]string{"ja3s", "ja3-md5", "ja3-fingerprint", "ja3-hash", "ja3s-hash"}, hexOf(32)},
	JA4:        {[]string{"ja4-hash", "ja4-fingerprint"}, ja4},
	HASSH:      {[]string{"hassh-server", "hassh-md5", "hasshserver-md5"}, hexOf(32)},
	CertSHA256: {[]string{"cert", "certificate", "x509-fingerprint-sha256", "tls-cert-sha256"}, hexOf(64)},
	UserAgent:  {[]string{"ua", "useragent", "http-user-agent"}, userAgent},
}

// named is the kind of that name, in any case and with any hyphens for underscores and spaces.
func named(name string) (Kind, bool) {
	kind, ok := kindNames[strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(strings.TrimSpace(name)))]
	return kind, ok
}

var kindNames = func() map[string]Kind {
	names := map[string]Kind{}
	for kind, k := range kinds {
		names[string(kind)] = kind
		for _, name := range k.names {
			names[name] = kind
		}
	}
	return names
}()

// detectable are the kinds that the form of a text tells, in the order in which they are tried.
var detectable = []Kind{Address, JA3, CertSHA256, JA4, URI, URL, Domain}

// detect is the kind and value of a text by its form.
func detect(text string) (Kind, string, bool) {
	for _, kind := range detectable {
		if value, err := kinds[kind].normalise(text); err == nil {
			return kind, value, true
		}
	}
	return "", "", false
}

var (
	hexadecimal = regexp.MustCompile(`^[0-9A-Fa-f]+$`)
	mail        = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	ja4Form     = regexp.MustCompile(`^[tqd](?:1[0-3]|s[123]|d[123]|00)[di][0-9]{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$`)
	label       = regexp.MustCompile(`^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$`)
	scheme      = regexp.MustCompile(`^(?i)https?://`)
)

// unseen names what a text is that is an indicator of something else than packets; "" when it is none.
func unseen(text string) string {
	switch {
	case hexadecimal.MatchString(text) && len(text) == 40:
		return "SHA-1"
	case hexadecimal.MatchString(text) && (len(text) == 96 || len(text) == 128):
		return "SHA-2 of a file"
	case mail.MatchString(text):
		return "mail address"
	}
	return ""
}

// address takes an address or a network; a port behind an address is dropped, so that all its traffic counts.
func address(text string) (string, error) {
	if p, err := netip.ParsePrefix(text); err == nil {
		if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
		}
		if p.IsSingleIP() {
			return p.Addr().String(), nil
		}
		return p.Masked().String(), nil
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	if err != nil {
		ap, withPort := netip.ParseAddrPort(text)
		if withPort != nil {
			return "", errors.New("it is no address and no network")
		}
		a = ap.Addr()
	}
	if a.Zone() != "" {
		return "", errors.New("an address with a zone is known on its own machine only")
	}
	return a.Unmap().String(), nil
}

// names reads what may stand in a list: names that resolvers take, underscores included.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

func domain(text string) (string, error) {
	text = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(text, "*"), "."), ".")
	name := strings.ToLower(text)
	if strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) { // punycode stays as it is: that is what was sent
		var err error
		if name, err = names.ToASCII(text); err != nil {
			return "", errors.New("it is no domain")
		}
	}
	if len(name) > 253 {
		return "", errors.New("it is no domain")
	}
	labels := strings.Split(name, ".")
	for _, l := range labels {
		if !label.MatchString(l) {
			return "", errors.New("it is no domain")
		}
	}
	if last := labels[len(labels)-1]; len(labels) < 2 || strings.Trim(last, "0123456789") == "" {
		return "", errors.New("a domain has a dot, and a top level that is no number")
	}
	return name, nil
}

// webURL takes http and https, the scheme may be left out before a path.
func webURL(text string) (string, error) {
	bad := errors.New("it is no http or https URL")
	if strings.ContainsAny(text, " \t") {
		return "", bad
	}
	if !scheme.MatchString(text) {
		if !strings.Contains(text, "/") || strings.Contains(text, "://") {
			return "", bad
		}
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", bad
	}
	host, err := webHost(u)
	if err != nil {
		return "", err
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	return strings.ToLower(u.Scheme) + "://" + host + path, nil
}

func webHost(u *url.URL) (string, error) {
	host, err := domain(u.Hostname())
	if err != nil {
		a, noAddress := netip.ParseAddr(u.Hostname())
		if noAddress != nil {
			return "", fmt.Errorf("the host of the URL: %w", err)
		}
		if host = a.String(); a.Is6() {
			host = "[" + host + "]"
		}
	}
	if port := u.Port(); port != "" && !(u.Scheme == "http" && port == "80") && !(u.Scheme == "https" && port == "443") {
		host += ":" + port
	}
	return host, nil
}

func uri(text string) (string, error) {
	if !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || len(text) < 2 || strings.ContainsAny(text, " \t") {
		return "", errors.New("a request target begins with / and has no spaces")
	}
	return text, nil
}

func ja4(text string) (string, error) {
	if text = strings.ToLower(text); !ja4Form.MatchString(text) {
		return "", errors.New("a JA4 has three parts, such as t13d1516h2_8daaf6152771_b186095e22b6")
	}
	return text, nil
}

// hexOf takes so many hex digits; colons between bytes, as certificates are shown with, are dropped.
func hexOf(digits int) func(string) (string, error) {
	return func(text string) (string, error) {
		text = strings.ToLower(strings.ReplaceAll(text, ":", ""))
		if len(text) != digits || !hexadecimal.MatchString(text) {
			return "", fmt.Errorf("it has %d hex digits", digits)
		}
		return text, nil
	}
}

func userAgent(text string) (string, error) {
	if text == "" {
		return "", errors.New("it is empty")
	}
	return text, nil
}
