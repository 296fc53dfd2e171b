package indicators

import (
	"cmp"
	"encoding/json"
	"strings"
)

// attributeKinds are the types of MISP's attributes that packets show (misp-standard.org, core format); a type of two parts, such as domain|ip, has two.
var attributeKinds = map[string][]Kind{
	"ip-src": {Address}, "ip-dst": {Address}, "ip-src|port": {Address}, "ip-dst|port": {Address},
	"domain": {Domain}, "hostname": {Domain}, "hostname|port": {Domain}, "domain|ip": {Domain, Address},
	"url": {URL}, "uri": {URI}, "user-agent": {UserAgent},
	"ja3-fingerprint-md5": {JA3}, "hassh-md5": {HASSH}, "hasshserver-md5": {HASSH}, "x509-fingerprint-sha256": {CertSHA256},
}

// A mispAttribute is one attribute of an event.
type mispAttribute struct {
	UUID    string `json:"uuid"`
	Type    string `json:"type"`
	Value   string `json:"value"`
	ToIDs   *bool  `json:"to_ids"`
	Deleted bool   `json:"deleted"`
}

// A mispEvent is an event, or what wraps one.
type mispEvent struct {
	Event      *mispEvent      `json:"Event"`
	Response   json.RawMessage `json:"response"` // events, or an object with attributes
	Attributes []mispAttribute `json:"Attribute"`
	Objects    []struct {
		Attributes []mispAttribute `json:"Attribute"`
	} `json:"Object"`
}

// readMISP takes an event and what is in it.
func (l *List) readMISP(e *mispEvent) {
	if e.Event != nil {
		l.readMISP(e.Event)
	}
	if len(e.Response) > 0 {
		l.readJSON(e.Response)
	}
	all := e.Attributes
	for _, o := range e.Objects {
		all = append(all, o.Attributes...)
	}
	for i := range all {
		l.readAttribute(&all[i])
	}
}

func (l *List) readAttribute(a *mispAttribute) {
	switch {
	case a.Deleted:
		l.Passed["deleted"]++
	case a.ToIDs != nil && !*a.ToIDs:
		l.Passed["not for detection (to_ids)"]++
	default:
		l.attribute(a.Type, a.Value, cmp.Or(a.UUID, a.Type, "an attribute without an id"))
	}
}

// attribute takes an entry of one of MISP's types.
func (l *List) attribute(typ, value, place string) {
	kinds, ok := attributeKinds[typ]
	if !ok {
		if typ == "" {
			l.find(value, place)
			return
		}
		l.Passed[typ]++
		return
	}
	parts := []string{value}
	if strings.Contains(typ, "|") {
		parts = strings.Split(value, "|")
	}
	for i, kind := range kinds {
		if i < len(parts) {
			l.add(kind, parts[i], place)
		}
	}
}
