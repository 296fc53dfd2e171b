package classify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/queries"
)

// Baseline is what was usual before: the past of the lake, another lake, or a capture of quiet times. It moves scores and severities and suppresses nothing
// by itself.
type Baseline struct {
	session  *queries.Session
	seen     map[past]bool // verdicts of its own period
	from, to time.Time     // first and last day
	days     int64
	// Novelty says that what is usual of addresses counts, and not only rates.
	Novelty bool
}

// past is what verdicts of two periods have in common when they are of one habit.
type past struct {
	detector, src, dst string
	port               int32
}

func (v *Verdict) past() past { return past{v.Detector, v.SrcIP, v.DstIP, v.DstPort} }

// NewBaseline reads what a session's dataset says of the past: its flows and its table verdicts. The session must stay open as long as the baseline is
// used. A dataset without flows gives nil: there is none.
func NewBaseline(ctx context.Context, s *queries.Session) (*Baseline, error) {
	b := &Baseline{session: s, seen: map[past]bool{}, Novelty: true}
	t, err := ask(ctx, s, "SELECT min(first_ts), max(first_ts), count(DISTINCT bin_start(first_ts, 86400000000)) FROM flows")
	if err != nil {
		return nil, fmt.Errorf("read baseline: %w", err)
	}
	var ok bool
	if b.from, ok = t.Rows[0][0].(time.Time); !ok {
		return nil, nil
	}
	b.to, b.days = t.Rows[0][1].(time.Time), t.Rows[0][2].(int64)
	if t, err = ask(ctx, s, "SELECT DISTINCT detector, coalesce(src_ip, ''), coalesce(dst_ip, ''), coalesce(dst_port, 0) FROM verdicts"); err != nil {
		return nil, fmt.Errorf("read baseline: %w", err)
	}
	for _, row := range t.Rows {
		b.seen[past{row[0].(string), row[1].(string), row[2].(string), int32(row[3].(int64))}] = true
	}
	return b, nil
}

// String says which days the baseline is of, as evidence does.
func (b *Baseline) String() string {
	return fmt.Sprintf("baseline %s to %s (%d days)", b.from.Format(time.DateOnly), b.to.Format(time.DateOnly), b.days)
}

// usual is what the baseline has of a verdict's source, pair and target.
type usual struct {
	Source    bool    `json:"source_known"`
	Pair      bool    `json:"pair_known"`
	Sent      int64   `json:"most_sent_in_a_day"`
	Rate      float64 `json:"most_new_connections_in_a_second"`
	Before    bool    `json:"same_finding_before"`
	Judgement string  `json:"judgement"`
}

// The judgements of a baseline.
const (
	newPair = "new"                 // never seen: surer
	known   = "known, unreviewed"   // as before: less sure, and less grave
	beyond  = "known, beyond usual" // seen before, but not as much
)

// moreThanUsual is by what factor something may pass what is usual.
const moreThanUsual = 3

// apply moves scores and severities by what is usual.
func (b *Baseline) apply(ctx context.Context, verdicts []Verdict) error {
	if b == nil || len(verdicts) == 0 {
		return nil
	}
	var rows, addresses []string
	for i := range verdicts {
		v := &verdicts[i]
		rows = append(rows, fmt.Sprintf("(%d, %s, %s, %s)", i, quoteOrNull(v.SrcIP), quoteOrNull(v.DstIP), portOrNull(v)))
		addresses = append(addresses, quote(v.SrcIP), quote(v.DstIP))
	}
	named := list(addresses, ", ")
	t, err := ask(ctx, b.session, `SELECT v.n, coalesce(bool_or(b.kind = 'source' AND b.src_ip = v.src), false),
  coalesce(bool_or(b.kind = 'pair' AND b.src_ip = v.src AND b.dst_ip = v.dst), false),
  coalesce(max(b.bytes_sent) FILTER (b.kind = 'pair' AND b.src_ip = v.src AND b.dst_ip = v.dst), 0),
  coalesce(max(b.most) FILTER (b.kind = 'rate' AND b.dst_ip = v.dst AND b.dst_port = v.port), 0)
FROM (VALUES `+strings.Join(rows, ", ")+`) v(n, src, dst, port)
JOIN (FROM baseline_days WHERE src_ip IN (`+named+") OR dst_ip IN ("+named+`)) b ON b.src_ip = v.src OR b.dst_ip = v.dst GROUP BY v.n ORDER BY v.n`)
	if err != nil {
		return fmt.Errorf("compare with baseline: %w", err)
	}
	of := map[int64]usual{}
	for _, row := range t.Rows {
		u := usual{}
		u.Source, _ = row[1].(bool)
		u.Pair, _ = row[2].(bool)
		u.Sent, _ = row[3].(int64)
		most, _ := row[4].(int64)
		u.Rate = float64(most)
		of[row[0].(int64)] = u
	}
	for i := range verdicts {
		u := of[int64(i)]
		verdicts[i].compare(b, &u)
	}
	return nil
}

// compare moves a verdict's score and severity by what is usual, and notes why.
func (v *Verdict) compare(b *Baseline, u *usual) {
	u.Before = b.seen[v.past()]
	sent, rate := v.measure("bytes_sent"), v.measure("requests_per_second")
	usualRate := rate > 0 && u.Rate > 0 && rate <= moreThanUsual*u.Rate
	usualUpload := b.Novelty && sent > 0 && u.Pair && sent <= moreThanUsual*float64(u.Sent)
	switch {
	case usualRate, usualUpload:
		u.Judgement, v.Severity, v.Score = known, "info", v.Score/2
	case b.Novelty && u.Before && v.SrcIP != "":
		u.Judgement, v.Severity, v.Score = known, lower(v.Severity), v.Score/2
	case b.Novelty && u.Pair:
		u.Judgement = beyond
	case b.Novelty && v.SrcIP != "" && v.DstIP != "":
		u.Judgement, v.Score = newPair, v.Score+(1-v.Score)/4
	}
	v.usual = u
}

// lower is the severity below one.
func lower(severity string) string {
	return queries.Severities[max(0, slices.Index(queries.Severities, severity)-1)]
}
