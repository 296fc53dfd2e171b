package classify

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/internal/variants"
)

var all = flag.Bool("all", false, "every variant of the lab's captures")

// TestVariants holds how much is found when the lab's attacks come at other rates, from other addresses, and as other sensors see them: attacks in the right class at
// least, false entities at most, by the name of the variant. What is not in the list is measured with -all and held to nothing; docs/detection.md shows it.
func TestVariants(t *testing.T) {
	lab := filepath.Join(shared.Dir(t), "lab", "A")
	held := map[string]struct{ missed, falsely int }{
		"as-is": {0, 2}, "stretch-20": {0, 2}, "stretch-60": {0, 2}, "stretch-600": {0, 2}, "among-known": {0, 2}, "ipv6": {0, 2}, "vlan": {0, 2}, "span": {0, 2}, "loss-5": {0, 2},
		"snaplen-96": {0, 2}, "offload": {0, 2}, "one-way-in": {3, 2},
	}
	always := map[string]bool{"stretch-60": true, "stretch-600": true, "ipv6": true, "snaplen-96": true}
	for _, v := range variants.All() {
		if !*all && !always[v.Name] {
			continue
		}
		t.Run(v.Name, func(t *testing.T) {
			dir := t.TempDir()
			capture, labels := filepath.Join(dir, "lab.pcap"), filepath.Join(dir, "labels.csv")
			if err := v.Write(filepath.Join(lab, "attack.pcap.gz"), capture, filepath.Join(lab, "labels.csv"), labels); err != nil {
				t.Fatal(err)
			}
			e, err := Evaluate(t.Context(), ingested(t, capture), readLabels(t, labels), EvalOptions{})
			if err != nil {
				t.Fatal(err)
			}
			d := e.Detectors
			shared.Report(t, "%s (%s): %d of %d attacks, macro-F1 %.3f, %d false entities; naive rules %d, %.3f, %d; missed %v",
				v.Name, v.Doc, d.Right, e.Episodes, d.MacroF1, d.False, e.Naive.Right, e.Naive.MacroF1, e.Naive.False, d.Missed)
			if want, ok := held[v.Name]; ok && (e.Episodes-d.Right > want.missed || d.False > want.falsely) {
				t.Errorf("missed %v, falsely accused %v", d.Missed, d.FalseEntities)
			}
		})
	}
}
