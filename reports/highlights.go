package reports

import "fmt"

// maxHighlights is how many lines say the most.
const maxHighlights = 5

// highlights are the report's five most telling lines: coverage, the gravest verdict, the most frequent address, the suspicious one, what
// weakens the data, and the largest conversation where one of these has nothing to say. There are fewer where queries have no rows.
func (r *Report) highlights() []string {
	lines := []string{r.Coverage, r.verdict()}
	for _, line := range []func() string{r.mostFrequent, r.suspicious, r.weakness, r.largestConversation} {
		if text := line(); text != "" && len(lines) < maxHighlights {
			lines = append(lines, text)
		}
	}
	return lines
}

// verdict is the gravest verdict that is not suppressed, or that there is none.
func (r *Report) verdict() string {
	n, suppressed := r.counted(), ""
	if s := int64(len(r.Verdicts)) - n; s > 0 {
		suppressed = " The allowlist suppresses " + grouped(s) + "."
	}
	if n == 0 {
		return "No verdicts: " + english.count(int64(len(r.Detectors)), "detector") + " ran." + suppressed
	}
	text := "[" + r.Verdicts[0].Severity + "] " + r.Verdicts[0].Text
	if n > 1 {
		text += fmt.Sprintf(" And %s.", english.count(n-1, "more_verdict"))
	}
	return text + suppressed
}

// counted is how many verdicts nothing suppresses; they stand before those that are suppressed.
func (r *Report) counted() (n int64) {
	for i := range r.Verdicts {
		if r.Verdicts[i].Suppressed == "" {
			n++
		}
	}
	return n
}

func (r *Report) mostFrequent() string {
	f := r.cells("most-frequent-address")
	if f["address"] == "" {
		return ""
	}
	return fmt.Sprintf("Most frequent address: %s sent %s packets (%s payload bytes) and received %s (%s bytes), peers: %s.",
		f["address"], f["packets_sent"], f["payload_bytes_sent"], f["packets_received"], f["payload_bytes_received"], f["peers"])
}

func (r *Report) suspicious() string {
	f := r.cells("suspicious-address")
	if f["suspicious_address"] == "" {
		return ""
	}
	if f["payload_bytes"] == "0" {
		return fmt.Sprintf("Suspicious address: %s exchanged %s packets with %s, none with a payload.",
			f["suspicious_address"], f["packets"], f["peer_of"])
	}
	return fmt.Sprintf("Suspicious address: %s exchanged %s payload bytes with %s in %s packets, more than any other peer.",
		f["suspicious_address"], f["payload_bytes"], f["peer_of"], f["packets"])
}

// weakness is the statement of data quality that weighs most: that of an address rewritten, else the one about most packets.
func (r *Report) weakness() string {
	b := r.block("data-quality")
	if b == nil || len(b.Table.Rows) == 0 {
		return ""
	}
	worst, most := 0, int64(-1)
	for i := range b.Table.Rows {
		n, _ := b.value(i, "packets").(int64)
		if b.value(i, "issue") == "address rewritten" {
			n += 1 << 62
		}
		if n > most {
			worst, most = i, n
		}
	}
	statement, _ := b.value(worst, "statement").(string)
	return "Data quality: " + statement
}

func (r *Report) largestConversation() string {
	f := r.cells("conversations-by-bytes")
	if f["conversation"] == "" {
		return ""
	}
	return fmt.Sprintf("Largest conversation: %s with %s payload bytes in %s packets.", f["conversation"], f["payload_bytes"], f["packets"])
}

// cells are the values of the first row of a query as the page shows them, by column; empty without a row.
func (r *Report) cells(query string) map[string]string {
	out := map[string]string{}
	b := r.block(query)
	if b == nil || len(b.Table.Rows) == 0 {
		return out
	}
	for i, c := range b.Table.Columns {
		out[c.Name] = cellText(english, b.Table.Rows[0][i], c)
	}
	return out
}
