package classify

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Allowed is an entry of an allowlist: what somebody looked at and lets pass.
type Allowed struct {
	Detector string       // "": any
	Src, Dst netip.Prefix // zero: any
	Port     int32        // anyPort: any
	Reason   string
	Expires  time.Time // verdicts that begin then or later are no longer suppressed
	line     int
}

// ReadAllowlist reads an allowlist from CSV with the columns detector,src,dst,dport,reason,expires. Addresses may be prefixes, * or nothing is any; reason and
// expires (a date or RFC 3339) must be there, so that nothing is allowed unsaid or for ever.
func ReadAllowlist(r io.Reader) ([]Allowed, error) {
	rows := csv.NewReader(r)
	rows.Comment = '#'
	head, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read allowlist: %w", err)
	}
	if got := strings.Join(head, ","); got != "detector,src,dst,dport,reason,expires" {
		return nil, fmt.Errorf("read allowlist: its columns are %q, not detector,src,dst,dport,reason,expires", got)
	}
	var out []Allowed
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read allowlist: %w", err)
		}
		line, _ := rows.FieldPos(0)
		a, err := newAllowed(row)
		if err != nil {
			return nil, fmt.Errorf("read allowlist: line %d: %w", line, err)
		}
		a.line = line
		out = append(out, a)
	}
}

func newAllowed(row []string) (a Allowed, err error) {
	for i := range row {
		if row[i] = strings.TrimSpace(row[i]); row[i] == "*" {
			row[i] = ""
		}
	}
	a = Allowed{Detector: row[0], Port: anyPort, Reason: row[4]}
	if a.Src, err = labelPrefix(row[1]); err != nil {
		return a, err
	}
	if a.Dst, err = labelPrefix(row[2]); err != nil {
		return a, err
	}
	if row[3] != "" {
		n, err := strconv.ParseUint(row[3], 10, 16)
		if err != nil {
			return a, fmt.Errorf("port %q is no number", row[3])
		}
		a.Port = int32(n)
	}
	if a.Reason == "" {
		return a, errors.New("it has no reason")
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if a.Expires, err = time.Parse(layout, row[5]); err == nil {
			return a, nil
		}
	}
	return a, fmt.Errorf("expires %q: a date or RFC 3339", row[5])
}

// suppress notes the first entry that allows the verdict. An address that a verdict does not name is in no prefix.
func (v *Verdict) suppress(list []Allowed) {
	in := func(p netip.Prefix, address string) bool { return !p.IsValid() || p.Contains(addr(address)) }
	for i := range list {
		a := &list[i]
		if (a.Detector == "" || a.Detector == v.Detector) && in(a.Src, v.SrcIP) && in(a.Dst, v.DstIP) &&
			(a.Port == anyPort || v.HasPort && a.Port == v.DstPort) && time.UnixMicro(v.StartTS).Before(a.Expires) {
			v.SuppressedBy = fmt.Sprintf("line %d: %s (until %s)", a.line, a.Reason, a.Expires.Format(time.DateOnly))
			return
		}
	}
}
