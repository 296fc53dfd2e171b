// Package indicators reads lists of indicators of compromise: plain lines, CSV, STIX 2.1 and MISP.
//
// A list comes from others: whatever is in it is read to its end, and what cannot be used is told with its place.
package indicators

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// An Indicator is one thing to look for.
type Indicator struct {
	Kind  Kind
	Value string // in the form that its kind says; equal indicators have equal values
	Place string // where it stands first: "line 12", or its id in JSON
}

// A Refusal is an entry of a list that is no indicator.
type Refusal struct {
	Place  string // as of Indicator
	Text   string // the entry as it stands, hostile; at most 200 bytes of it
	Reason string
}

// A List is what a file holds.
type List struct {
	Indicators []Indicator    // in their order, each once
	Refused    []Refusal      // in their order
	Passed     map[string]int // entries that mean something packets do not show, or are not meant for detection, by what they are

	seen  map[Indicator]bool // without places
	depth int                // of readJSON
}

// ErrTooLarge is the error of a list beyond MaxBytes.
var ErrTooLarge = errors.New("a list of indicators has at most 256 MiB")

// MaxBytes is the size of the largest list.
const MaxBytes = 256 << 20

// Read reads a list and finds out what form it has: STIX 2.1 (a bundle or an object) and MISP (an event, several, or attributes) are JSON; anything else is text, CSV
// where its head or its fields say so, else one indicator a line. Errors are those of r, of JSON that is none, and ErrTooLarge.
func Read(r io.Reader) (*List, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read indicators: %w", err)
	}
	if len(text) > MaxBytes {
		return nil, ErrTooLarge
	}
	l := &List{Passed: map[string]int{}, seen: map[Indicator]bool{}}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	switch trimmed := bytes.TrimSpace(text); {
	case len(trimmed) == 0:
	case json.Valid(trimmed) && (trimmed[0] == '{' || trimmed[0] == '['):
		l.readJSON(trimmed)
	case trimmed[0] == '{':
		var any json.RawMessage
		return nil, fmt.Errorf("read indicators: no valid JSON: %w", json.Unmarshal(trimmed, &any))
	default:
		l.readText(string(text))
	}
	return l, nil
}

// add takes an entry of a known kind.
func (l *List) add(kind Kind, text, place string) {
	value, err := kinds[kind].normalise(refang(text))
	if err != nil {
		l.refuse(text, place, err.Error())
		return
	}
	l.put(kind, value, place)
}

// find takes an entry whose kind its form must tell.
func (l *List) find(text, place string) {
	refanged := refang(text)
	if kind, value, ok := detect(refanged); ok {
		l.put(kind, value, place)
	} else if what := unseen(refanged); what != "" {
		l.Passed[what]++
	} else {
		l.refuse(text, place, "it is no address, network, domain, URL or fingerprint; of others the kind stands before, as in user-agent: TEXT")
	}
}

func (l *List) put(kind Kind, value, place string) {
	key := Indicator{Kind: kind, Value: value}
	if l.seen[key] {
		return
	}
	l.seen[key] = true
	l.Indicators = append(l.Indicators, Indicator{kind, value, place})
}

func (l *List) refuse(text, place, reason string) {
	l.Refused = append(l.Refused, Refusal{place, text[:min(len(text), 200)], reason})
}

// With is the list and behind it what another one has beyond it; a nil list is empty.
func (l *List) With(more *List) *List {
	if l == nil {
		return more
	}
	for _, i := range more.Indicators {
		l.put(i.Kind, i.Value, i.Place)
	}
	l.Refused = append(l.Refused, more.Refused...)
	for what, n := range more.Passed {
		l.Passed[what] += n
	}
	return l
}
