package indicators

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"
)

// A stixObject is an object of STIX 2.1, or a bundle of them.
type stixObject struct {
	Type        string            `json:"type"`
	ID          string            `json:"id"`
	Objects     []json.RawMessage `json:"objects"`
	Pattern     string            `json:"pattern"`
	PatternType string            `json:"pattern_type"`
	Revoked     bool              `json:"revoked"`
}

// maxDepth bounds how deep bundles, events and lists may lie in each other.
const maxDepth = 8

// readJSON takes a document of JSON that is valid.
func (l *List) readJSON(text []byte) {
	if l.depth++; l.depth > maxDepth {
		l.refuse(string(text), "JSON", "it is nested too deep")
		return
	}
	defer func() { l.depth-- }()
	var list []json.RawMessage
	if json.Unmarshal(text, &list) == nil {
		for _, item := range list {
			l.readJSON(item)
		}
		return
	}
	var word string
	if json.Unmarshal(text, &word) == nil {
		l.find(word, "a text in JSON")
		return
	}
	var o stixObject
	if json.Unmarshal(text, &o) == nil && (o.Objects != nil || o.Pattern != "" || strings.Contains(o.ID, "--")) {
		l.readSTIX(&o)
		return
	}
	var a mispAttribute
	if json.Unmarshal(text, &a) == nil && a.Type != "" && a.Value != "" {
		l.readAttribute(&a)
		return
	}
	var e mispEvent
	if err := json.Unmarshal(text, &e); err != nil {
		l.refuse(string(text), "JSON", "it is neither STIX 2.1 nor MISP")
		return
	}
	l.readMISP(&e)
}

// readSTIX takes the patterns of indicators; other objects are what they are about.
func (l *List) readSTIX(o *stixObject) {
	for _, object := range o.Objects {
		l.readJSON(object)
	}
	switch {
	case o.Type != "indicator":
	case o.Revoked:
		l.Passed["revoked"]++
	case o.PatternType != "" && o.PatternType != "stix":
		l.Passed["pattern of "+o.PatternType]++
	default:
		l.readPattern(o.Pattern, cmp.Or(o.ID, "an indicator without an id"))
	}
}

// stixPaths are the properties that packets show, by their object paths in lower case. "" as kind: the form of the value tells.
var stixPaths = []struct {
	path *regexp.Regexp
	kind Kind
}{
	{regexp.MustCompile(`^ipv[46]-addr:value$`), Address},
	{regexp.MustCompile(`^domain-name:value$`), Domain},
	{regexp.MustCompile(`^url:value$`), URL},
	{regexp.MustCompile(`^network-traffic:(?:src|dst)_ref\.value$`), ""},
	{regexp.MustCompile(`^x509-certificate:hashes\.'?sha-256'?$`), CertSHA256},
	{regexp.MustCompile(`^network-traffic:extensions\.'http-request-ext'\.request_value$`), URI},
	{regexp.MustCompile(`^network-traffic:extensions\.'http-request-ext'\.request_header\.'?user-agent'?(?:\[[0-9*]+\])?$`), UserAgent},
	{regexp.MustCompile(`^network-traffic:extensions\.'http-request-ext'\.request_header\.'?host'?(?:\[[0-9*]+\])?$`), Domain},
	{regexp.MustCompile(`^[a-z-]+:(?:[a-z0-9_.'-]*[._])?ja3s?(?:_hash)?$`), JA3},
	{regexp.MustCompile(`^[a-z-]+:(?:[a-z0-9_.'-]*[._])?ja4(?:_hash)?$`), JA4},
}

// comparison is one comparison of a pattern (STIX 2.1, 9.6): an object path, an operator, and a text or a set of texts.
var comparison = regexp.MustCompile(`([A-Za-z][A-Za-z0-9-]*:(?:'[^']*'|[A-Za-z0-9_.*\[\]-])+)\s*(NOT\s+)?(=|!=|<>|<=|>=|<|>|IN\b|LIKE\b|MATCHES\b|ISSUBSET\b|ISSUPERSET\b)\s*` +
	`(\(\s*(?:'(?:[^'\\]|\\.)*'\s*,?\s*)*\)|'(?:[^'\\]|\\.)*')?`)

var stixText = regexp.MustCompile(`'((?:[^'\\]|\\.)*)'`)

// readPattern takes the comparisons of a pattern, each for itself: those that only hold together (AND, FOLLOWEDBY) are looked for one by one.
func (l *List) readPattern(pattern, id string) {
	found := comparison.FindAllStringSubmatch(pattern, -1)
	if len(found) == 0 {
		l.refuse(pattern, id, "its pattern has no comparison of a text")
		return
	}
	for _, m := range found {
		path, not, operator, value := strings.ToLower(m[1]), m[2] != "", m[3], m[4]
		kind, known := stixKind(path)
		switch {
		case !known:
			l.Passed[m[1]]++
		case not, operator != "=" && operator != "IN" && operator != "ISSUBSET", value == "":
			l.refuse(m[0], id, "of comparisons = 'text', IN ('text', …) and ISSUBSET 'network' can be looked for")
		default:
			for _, t := range stixText.FindAllStringSubmatch(value, -1) {
				l.literal(kind, strings.NewReplacer(`\'`, `'`, `\\`, `\`).Replace(t[1]), id)
			}
		}
	}
}

func stixKind(path string) (Kind, bool) {
	for _, p := range stixPaths {
		if p.path.MatchString(path) {
			return p.kind, true
		}
	}
	return "", false
}

func (l *List) literal(kind Kind, text, id string) {
	if kind == "" {
		l.find(text, id)
		return
	}
	l.add(kind, text, id)
}
