package reports

import (
	"context"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// maxSuspects is how many addresses a report looks into.
const maxSuspects = 5

// Suspect is an address that verdicts name, looked into in section suspects: its blocks are those with its address.
type Suspect struct {
	Address  string   `json:"address"`
	Verdicts []string `json:"verdicts"` // ids of those that name it, the gravest first
	Extract  string   `json:"extract"`  // command that writes its packets
}

// investigate chooses the suspects, sources of verdicts before their targets, the gravest first, and asks every query of section suspects of each.
func (r *Report) investigate(ctx context.Context, s *queries.Session) ([]Block, error) {
	for _, side := range []func(*Verdict) string{func(v *Verdict) string { return v.SrcIP }, func(v *Verdict) string { return v.DstIP }} {
		for i := range r.Verdicts {
			v := &r.Verdicts[i]
			if address := side(v); address != "" && v.Severity != "info" && v.Suppressed == "" && (v.SrcIP == "" || side(v) == v.SrcIP) {
				r.suspect(address)
			}
		}
	}
	var blocks []Block
	for i := range r.Suspects {
		for _, q := range places(s, "suspects") {
			address := r.Suspects[i].Address
			b, err := runQuery(ctx, s, q, map[string]string{"address": address}, maxRows)
			if err != nil {
				return nil, err
			}
			b.Address = address
			blocks = append(blocks, b)
		}
	}
	return blocks, nil
}

func (r *Report) suspect(address string) {
	if len(r.Suspects) == maxSuspects || slices.ContainsFunc(r.Suspects, func(s Suspect) bool { return s.Address == address }) {
		return
	}
	s := Suspect{Address: address, Verdicts: []string{}, Extract: extractOf(address)}
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; v.SrcIP == address || v.DstIP == address {
			s.Verdicts = append(s.Verdicts, v.ID)
		}
	}
	r.Suspects = append(r.Suspects, s)
}

// extractOf is the command that writes an address's packets.
func extractOf(address string) string {
	quoted := "'" + strings.Map(addressRune, address) + "'"
	return extractWhere("src_ip = "+quoted+" OR dst_ip = "+quoted, anchor(address))
}

// extractWhere is the command that writes packets which meet a condition; "" without one.
func extractWhere(condition, name string) string {
	if condition == "" {
		return ""
	}
	return `pcaplake extract --where "` + shellSpecial.Replace(condition) + `" -w ` + name + ".pcapng"
}

// shellSpecial escapes what a shell reads between double quotes.
var shellSpecial = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`")

// addressRune drops what no address has.
func addressRune(r rune) rune {
	if r < 0x80 && (r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(".:%_-", r)) {
		return r
	}
	return -1
}
