package classify

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// TestVariance holds the figures against those of scipy, which testdata/variance.json names with the values they are of.
func TestVariance(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "variance.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Cases []struct {
			Name   string      `json:"name"`
			Groups [][]float64 `json:"groups"`
			F      float64     `json:"f"`
			P      float64     `json:"p"`
			Eta2   float64     `json:"eta2"`
			WelchF float64     `json:"welch_f"`
			WelchP float64     `json:"welch_p"`
			H      float64     `json:"h"`
			HP     float64     `json:"hp"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(text, &golden); err != nil || len(golden.Cases) < 5 {
		t.Fatalf("%d cases, %v", len(golden.Cases), err)
	}
	for _, c := range golden.Cases {
		v := NewVariance(c.Groups)
		for name, pair := range map[string][2]float64{
			"F": {v.F, c.F}, "p": {v.P, c.P}, "eta2": {v.Eta2, c.Eta2}, "Welch's F": {v.WelchF, c.WelchF}, "Welch's p": {v.WelchP, c.WelchP}, "H": {v.H, c.H}, "p of H": {v.HP, c.HP},
		} {
			if got, want := pair[0], pair[1]; !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
				t.Errorf("%s: %s is %g, scipy says %g", c.Name, name, got, want)
			}
		}
	}
	for _, groups := range [][][]float64{nil, {{1, 2}}, {{1}, {2}}, {{1, 2}, {}}} {
		if v := NewVariance(groups); !math.IsNaN(v.F) || !math.IsNaN(v.P) {
			t.Errorf("%v: F is %g", groups, v.F)
		}
	}
	if v := NewVariance([][]float64{{1, 1}, {2, 2}}); !math.IsInf(v.F, 1) || v.P != 0 || v.Eta2 != 1 || !math.IsNaN(v.WelchF) {
		t.Errorf("values that differ between groups alone: %+v", v)
	}
}

// TestRank holds that what the lab's classes differ by is what they are: names of a tunnel, targets of a scan, sources of a flood; and that nothing is ranked that
// says which flow it is.
func TestRank(t *testing.T) {
	lab := filepath.Join(shared.Dir(t), "lab", "A")
	table, err := Rank(t.Context(), ingested(t, filepath.Join(lab, "attack.pcap.gz")), readLabels(t, filepath.Join(lab, "labels.csv")))
	if err != nil {
		t.Fatal(err)
	}
	eta, order := map[string]float64{}, []string{}
	for _, row := range table.Rows {
		feature, class := row[0].(string), row[1].(string)
		eta[feature+" "+class], _ = row[6].(float64)
		if class == "all" {
			order = append(order, feature)
		}
		for _, never := range []string{"src_ip", "dst_ip", "src_port", "dst_port", "ttl", "first_ts", "frame_no"} {
			if feature == never {
				t.Errorf("%s is ranked", feature)
			}
		}
	}
	shared.Report(t, "lab/A: features by eta2: %v", order)
	for i := 1; i < len(order); i++ {
		if eta[order[i]+" all"] > eta[order[i-1]+" all"] {
			t.Errorf("%s stands before %s", order[i-1], order[i])
		}
	}
	for better, worse := range map[string]string{"qname_length theft": "rev_iat_std theft", "d_sources ddos": "d_sources theft", "s_ports scan": "s_ports theft"} {
		if eta[better] <= eta[worse] {
			t.Errorf("%s explains %.3f, %s %.3f", better, eta[better], worse, eta[worse])
		}
	}
}
