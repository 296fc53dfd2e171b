package classify

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
)

// Markdown writes the evaluation as tables of GitHub's Markdown: a column for each set of verdicts.
func (e *Evaluation) Markdown(w io.Writer) error {
	heads, scores := []string{"A: defaults"}, []*Score{&e.Detectors}
	if e.WithBaseline != nil {
		heads, scores = append(heads, "B: with baseline", "B without novelty"), append(scores, e.WithBaseline, e.WithoutNovelty)
	}
	heads, scores = append(heads, "naive rules"), append(scores, &e.Naive)
	var b strings.Builder
	fmt.Fprintf(&b, "%d flows with a label, %d without; %d attacks.\n\n| | %s |\n|---|%s\n", e.Flows, e.Unlabelled, e.Episodes, strings.Join(heads, " | "), strings.Repeat("---|", len(heads)))
	line := func(name string, of func(*Score) string) {
		fmt.Fprintf(&b, "| %s |", name)
		for _, s := range scores {
			fmt.Fprintf(&b, " %s |", queries.EscapeText(of(s)))
		}
		b.WriteByte('\n')
	}
	line("attacks in the right class", func(s *Score) string { return fmt.Sprint(s.Right) })
	line("attacks found in any class", func(s *Score) string { return fmt.Sprint(s.Found) })
	line("false entities", func(s *Score) string { return fmt.Sprint(s.False) })
	line("macro-F1", func(s *Score) string { return fmt.Sprintf("%.3f", s.MacroF1) })
	line("accuracy of flows", func(s *Score) string { return fmt.Sprintf("%.3f", s.Accuracy) })
	line("seconds to detect: median, most", (*Score).delay)
	for i, c := range e.Detectors.Classes {
		line(fmt.Sprintf("%s: precision, recall, F1 (%d flows)", c.Class, c.Support), func(s *Score) string { return s.Classes[i].figures() })
	}
	line("not in the right class", func(s *Score) string { return fmt.Sprint(s.Missed) })
	line("falsely accused", func(s *Score) string { return fmt.Sprint(s.FalseEntities) })
	_, err := io.WriteString(w, b.String())
	return err
}

// delay is the median and the greatest time to detect.
func (s *Score) delay() string {
	if len(s.Seconds) == 0 {
		return "-"
	}
	sorted := slices.Sorted(slices.Values(s.Seconds))
	return fmt.Sprintf("%.1f, %.1f", sorted[len(sorted)/2], sorted[len(sorted)-1])
}
