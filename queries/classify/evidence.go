package classify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// evidence is what column evidence holds.
type evidence struct {
	Finding    string               `json:"finding"`
	Measured   json.RawMessage      `json:"measured"`
	Thresholds map[string]threshold `json:"thresholds"`
	Baseline   string               `json:"baseline"`        // which days it is of, or that there is none
	Usual      *usual               `json:"usual,omitempty"` // what it has of this verdict
	Parts      int                  `json:"parts,omitempty"` // findings merged, when there are several
	Explains   []explained          `json:"explains,omitempty"`
}

// threshold is a limit that a measured value was held against.
type threshold struct {
	Value string `json:"value"`
	From  string `json:"from"` // default, or the baseline and its days
	Doc   string `json:"doc"`
}

// explained is a verdict that this one accounts for.
type explained struct {
	Detector string `json:"detector"`
	Class    string `json:"class"`
	Finding  string `json:"finding"`
}

// prove fills in what anyone needs to check the verdict: evidence, the SQL that gives it again, the command that extracts its packets, and ids.
func (v *Verdict) prove(q *queries.Query, b *Baseline) error {
	e := evidence{Finding: v.finding, Measured: json.RawMessage(v.measured), Thresholds: map[string]threshold{}, Usual: v.usual, Baseline: "none: the defaults hold"}
	if b != nil {
		e.Baseline = b.String()
		e.Thresholds["more_than_usual"] = threshold{fmt.Sprint(moreThanUsual), b.String(), "times the most that was sent, or connected in a second, before"}
	}
	if !json.Valid(e.Measured) {
		text, err := json.Marshal(v.measured)
		if err != nil {
			return fmt.Errorf("write evidence of %s: %w", v.Detector, err)
		}
		e.Measured = text
	}
	for _, p := range q.Params {
		if p.Default != nil {
			e.Thresholds[p.Name] = threshold{*p.Default, "default", p.Doc}
		}
	}
	if v.parts > 1 {
		e.Parts = v.parts
	}
	for _, w := range v.explains {
		e.Explains = append(e.Explains, explained{w.Detector, w.Class, w.finding})
	}
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write evidence of %s: %w", v.Detector, err)
	}
	sql, err := q.Bound(nil)
	if err != nil {
		return fmt.Errorf("write evidence of %s: %w", v.Detector, err)
	}
	v.Evidence = string(text)
	v.EvidenceSQL = "SELECT * FROM (\n" + sql + "\n) WHERE " + strings.Join(v.found(), " AND ") + " ORDER BY start_ts, src_ip, dst_ip"
	v.DetectorVersion = digest(sql)[:8]
	v.ID = digest(fmt.Sprint(v.entity(), v.StartTS))[:16]
	v.Extract = v.extract()
	return nil
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// found are the conditions that pick the verdict's findings out of its detector's.
func (v *Verdict) found() []string {
	var out []string
	for _, side := range [][2]string{{"src_ip", v.SrcIP}, {"dst_ip", v.DstIP}} {
		if side[1] != "" {
			out = append(out, side[0]+" = "+quote(side[1]))
		} else if v.Class != "scan" || v.Severity != "info" { // folded rows have several
			out = append(out, side[0]+" IS NULL")
		}
	}
	if v.HasProto {
		out = append(out, fmt.Sprintf("ip_proto = %d", v.IPProto))
	}
	return append(out, fmt.Sprintf("start_ts <= %s AND end_ts >= %s", moment(v.EndTS), moment(v.StartTS)))
}

// extract is the command that writes the verdict's packets.
func (v *Verdict) extract() string {
	file := " -w verdict-" + v.ID + ".pcapng"
	span := fmt.Sprintf("ts BETWEEN %s AND %s", moment(v.StartTS), moment(v.EndTS))
	if v.ofARP() {
		return `pcaplake extract "SELECT capture_id, frame_no FROM arp WHERE sender_ip = ` + quote(v.SrcIP) + " AND " + span + `"` + file
	}
	return `pcaplake extract --where "` + v.packets() + " AND " + span + `"` + file
}

// ofARP reports whether the verdict is of ARP messages, which have no protocol of IP; others that have none are of several.
func (v *Verdict) ofARP() bool { return !v.HasProto && strings.HasPrefix(v.Subclass, "arp-") }

// packets is the condition of packets, or flows, of the verdict's entity in both directions, without its time.
func (v *Verdict) packets() string {
	way := func(src, dst string) string {
		var c []string
		if v.SrcIP != "" {
			c = append(c, src+"_ip = "+quote(v.SrcIP))
		}
		if v.DstIP != "" {
			c = append(c, dst+"_ip = "+quote(v.DstIP))
		}
		if v.HasPort {
			c = append(c, fmt.Sprintf("%s_port = %d", dst, v.DstPort))
		}
		if len(c) == 0 {
			return "true"
		}
		return strings.Join(c, " AND ")
	}
	condition := "(" + way("src", "dst") + " OR " + way("dst", "src") + ")"
	if v.HasProto {
		condition = fmt.Sprintf("ip_proto = %d AND ", v.IPProto) + condition
	}
	return condition
}

// unquotable is what no address has; an address with any of it is a forgery of a user's detector.
var unquotable = regexp.MustCompile(`[^0-9A-Za-z.:%/_-]`)

// quote is an address as a string of SQL that may also stand in double quotes of a shell.
func quote(address string) string { return "'" + unquotable.ReplaceAllString(address, "") + "'" }

func moment(us int64) string {
	return "TIMESTAMP '" + time.UnixMicro(us).UTC().Format("2006-01-02 15:04:05.000000") + "'"
}

// measure is a number of the detector's evidence; 0 where it has none of that name.
func (v *Verdict) measure(name string) float64 {
	values := map[string]any{}
	if json.Unmarshal([]byte(v.measured), &values) != nil {
		return 0
	}
	n, _ := values[name].(float64)
	return n
}
