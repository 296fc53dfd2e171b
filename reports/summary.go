package reports

import "time"

// Summary is a report in figures: what a page over many reports shows of each.
type Summary struct {
	From       string         `json:"from,omitempty"` // first packet, RFC 3339 in UTC; absent: there is none
	To         string         `json:"to,omitempty"`
	Captures   int64          `json:"captures"`          // that were read
	Expected   int64          `json:"captures_expected"` // with those that would fill the gaps
	Gaps       int64          `json:"gaps"`
	Loss       *float64       `json:"loss"`       // greatest part of TCP bytes that a capture lacks; null: cannot be known
	Duplicate  *float64       `json:"duplicates"` // part of the packets that are copies
	Packets    int64          `json:"packets"`
	Bytes      int64          `json:"wire_bytes"`
	Hosts      int64          `json:"hosts"`           // addresses that sent packets
	Verdicts   map[string]int `json:"verdicts"`        // by severity, without those that are suppressed
	Suppressed int            `json:"suppressed"`      // verdicts that the allowlist suppresses
	NewHosts   *int64         `json:"new_hosts"`       // since the report it was compared with; null: with none
	Over       []int64        `json:"bytes_over_time"` // of equal parts of the period
}

// summarise reads the figures out of the report's blocks.
func (r *Report) summarise() Summary {
	s := Summary{Verdicts: map[string]int{}, Over: []int64{}, Hosts: r.Summary.Hosts}
	for i := range r.Verdicts {
		if r.Verdicts[i].Suppressed != "" {
			s.Suppressed++
			continue
		}
		s.Verdicts[r.Verdicts[i].Severity]++
	}
	if b := r.block("coverage"); b != nil {
		s.From, s.To = b.instant("first_ts"), b.instant("last_ts")
		s.Captures, s.Expected, s.Gaps = b.count("captures_read"), b.count("captures_expected"), b.count("gaps")
		s.Loss, s.Duplicate = b.part("loss"), b.part("duplicates")
	}
	if b := r.block("hosts-new"); b != nil {
		n := int64(len(b.Table.Rows))
		s.NewHosts = &n
	}
	if r.Cube != nil {
		s.Packets, s.Bytes, s.Over = r.Cube.totals()
	}
	return s
}

// count is a number of the block's first row; 0 where it has none.
func (b *Block) count(column string) int64 {
	n, _ := b.value(0, column).(int64)
	return n
}

// part is a fraction of the block's first row; nil where it has none.
func (b *Block) part(column string) *float64 {
	if f, ok := b.value(0, column).(float64); ok {
		return &f
	}
	return nil
}

// instant is a time of the block's first row as RFC 3339.
func (b *Block) instant(column string) string {
	if t, ok := b.value(0, column).(time.Time); ok {
		return instant(t.UnixMicro())
	}
	return ""
}
