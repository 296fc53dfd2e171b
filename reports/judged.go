package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// pageVerdict is a verdict as the page shows it; all of it is escaped for display.
type pageVerdict struct {
	Verdict
	Level, Kind, Sure, Next, Span, Amount, Who, Whom, Lacks string
	Allowed                                                 string // why it is suppressed; "": it is not
	Percent                                                 int    // how sure, of 100
	Anchor                                                  string // of the suspect that its source is; "": none
}

// verdicts fills what the page says of verdicts.
func (m *maker) verdicts(s *pageSection) {
	r, w := m.report, m.words
	all := make([]pageVerdict, len(r.Verdicts))
	for i := range all {
		all[i] = m.verdict(&r.Verdicts[i])
	}
	standing, allowed := all[:r.counted()], all[r.counted():]
	shown := min(len(standing), pageVerdicts)
	open := min(shown, openVerdicts)
	s.Verdicts, s.Rest, s.Suppressed = standing[:open], standing[open:shown], allowed[:min(len(allowed), pageVerdicts)]
	if len(s.Rest) > 0 {
		s.RestText = w.count(int64(len(s.Rest)), "more_verdict")
	}
	if len(allowed) > 0 {
		s.SuppressedText = w.count(int64(len(allowed)), "suppressed")
	}
	if more := len(standing) - shown + len(allowed) - len(s.Suppressed); more > 0 {
		s.More = w.say("verdict.more", w.count(int64(more), "more_verdict"))
	}
	for _, d := range r.Detectors {
		p := pageDetector{d, w.count(int64(d.Verdicts), "verdict")}
		p.Title, p.Doc = queries.EscapeText(w.title(d.Query, d.Title)), queries.EscapeText(w.doc(d.Query, d.Doc))
		s.Detectors = append(s.Detectors, p)
	}
	s.Judged = m.judged()
}

// judged says how many captures could not be judged.
func (m *maker) judged() string {
	b := m.report.block("answers")
	if b == nil || len(b.Table.Rows) == 0 {
		return ""
	}
	not := 0
	for i := range b.Table.Rows {
		if b.value(i, "answer") == "not judged" {
			not++
		}
	}
	all := m.words.count(int64(len(b.Table.Rows)), "capture")
	if not == 0 {
		return m.words.say("judged.all", all)
	}
	return m.words.say("judged.not", grouped(int64(not)), all)
}

func (m *maker) verdict(in *Verdict) pageVerdict {
	w := m.words
	v := pageVerdict{Verdict: *in, Level: in.Severity}
	v.Text, v.Subclass, v.SQL, v.Extract = queries.EscapeText(in.Text), queries.EscapeText(in.Subclass), in.SQL, queries.EscapeText(in.Extract)
	v.Severity, v.Kind = w.own("severity."+in.Severity, queries.EscapeText(in.Severity)), w.own("class."+in.Class, textEnglish["class.other"])
	v.Sure = fmt.Sprintf("%s (%.2f)", w.sureness(in.Score), in.Score)
	v.Percent = int(math.Round(100 * max(0, min(1, in.Score))))
	v.Next = w.advice(in.Class)
	v.Span = w.say("verdict.until", seconds(in.From), seconds(in.To))
	v.Amount = w.say("verdict.packets", grouped(in.Packets), grouped(in.Bytes))
	v.Who, v.Whom = queries.EscapeText(in.SrcIP), queries.EscapeText(in.DstIP)
	if in.Suppressed != "" {
		v.Allowed = w.say("verdict.suppressed", queries.EscapeText(in.Suppressed))
	}
	if in.Coverage != "full" && in.Coverage != "" {
		v.Lacks = w.say("verdict.coverage", queries.EscapeText(in.Coverage))
	}
	v.Measured, v.Thresholds = shown(w, in.Measured), shown(w, in.Thresholds)
	v.Explains = make([]string, len(in.Explains))
	for i, text := range in.Explains {
		v.Explains[i] = queries.EscapeText(text)
	}
	for _, s := range m.report.Suspects {
		if s.Address == in.SrcIP || in.SrcIP == "" && s.Address == in.DstIP {
			v.Anchor = anchor(s.Address)
		}
	}
	return v
}

// shown are facts as the page shows them.
func shown(w *language, in []Fact) []Fact {
	out := make([]Fact, 0, len(in))
	for _, f := range in {
		out = append(out, Fact{w.heading(f.Name), cut(queries.EscapeText(f.Value), maxCell)})
	}
	return out
}

// tiles are the figures at the top of the page.
func (m *maker) tiles() []tile {
	s, w := &m.report.Summary, m.words
	worst, total := "", 0
	for _, severity := range queries.Severities {
		if s.Verdicts[severity] > 0 {
			worst = severity
		}
		total += s.Verdicts[severity]
	}
	verdicts := tile{Name: w.say("tile.verdicts"), Value: grouped(int64(total)), Class: worst, Link: "verdicts"}
	if worst != "" {
		verdicts.Note = grouped(int64(s.Verdicts[worst])) + " " + w.say("severity."+worst)
	}
	if s.Suppressed > 0 {
		verdicts.Note = strings.TrimPrefix(verdicts.Note+", "+w.say("tile.suppressed", grouped(int64(s.Suppressed))), ", ")
	}
	captures := tile{Name: w.say("tile.captures"), Value: grouped(s.Captures), Link: "captures"}
	if s.Expected != s.Captures {
		captures.Note = w.say("tile.of", grouped(s.Expected))
		captures.Class = "medium"
	}
	out := []tile{
		verdicts, captures,
		{Name: w.say("tile.packets"), Value: compact(s.Packets), Link: "network"},
		{Name: w.say("tile.bytes"), Value: human(float64(s.Bytes), "bytes"), Link: "network", Spark: sparkPicture(s.Over, 96, 22)},
		{Name: w.say("tile.hosts"), Value: grouped(s.Hosts), Link: "hosts"},
		{Name: w.say("tile.loss"), Value: percent(w, s.Loss), Link: "quality"},
		{Name: w.say("tile.duplicates"), Value: percent(w, s.Duplicate), Link: "quality"},
	}
	if s.NewHosts != nil {
		out = append(out, tile{Name: w.say("tile.new_hosts"), Value: grouped(*s.NewHosts), Link: "changes"})
	}
	return out
}

// seconds is a time as the page shows it, without its fraction.
func seconds(text string) string {
	whole, _, _ := strings.Cut(plainTime(text), ".")
	return whole
}

// compact is a number in full while it is short.
func compact(n int64) string {
	if n < humanFrom {
		return grouped(n)
	}
	return human(float64(n), "count")
}

// percent is a fraction in percent.
func percent(w *language, part *float64) string {
	if part == nil {
		return w.say("tile.unknown")
	}
	return fmt.Sprintf("%.1f\u00a0%%", 100**part)
}
