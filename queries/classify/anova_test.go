package classify

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
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

// TestVarianceAsScipy holds the figures against those that scipy gives now, of groups made anew: alike and apart, of few and many values, and with many ties.
func TestVarianceAsScipy(t *testing.T) {
	python := shared.Python(t, "scipy")
	random := rand.New(rand.NewPCG(4, 2))
	var cases [][][]float64
	for n := range 40 {
		groups := make([][]float64, 2+n%5)
		for g := range groups {
			for range 3 + random.IntN(1+40*(n%7)) {
				groups[g] = append(groups[g], math.Round(100*(math.Log1p(1e4*random.ExpFloat64())+float64(g*(n%3))/4))/100)
			}
		}
		cases = append(cases, groups)
	}
	in, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command(python, "-c", `import json, sys, scipy
from scipy.stats import f_oneway, kruskal
out = []
for groups in json.load(sys.stdin):
    f, w, h = f_oneway(*groups), f_oneway(*groups, equal_var=False), kruskal(*groups)
    values = [x for g in groups for x in g]
    mean = sum(values) / len(values)
    between = sum(len(g) * (sum(g) / len(g) - mean) ** 2 for g in groups)
    out.append([f.statistic, f.pvalue, between / sum((x - mean) ** 2 for x in values), w.statistic, w.pvalue, h.statistic, h.pvalue])
json.dump({"version": scipy.__version__, "figures": out}, sys.stdout)`)
	command.Stdin, command.Stderr = bytes.NewReader(in), os.Stderr
	answer, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	var scipy struct {
		Version string
		Figures [][7]float64
	}
	if err := json.Unmarshal(answer, &scipy); err != nil || len(scipy.Figures) != len(cases) {
		t.Fatalf("%d cases, %v: %s", len(scipy.Figures), err, answer)
	}
	for n, want := range scipy.Figures {
		v := NewVariance(cases[n])
		for i, got := range [7]float64{v.F, v.P, v.Eta2, v.WelchF, v.WelchP, v.H, v.HP} {
			if !(math.Abs(got-want[i]) <= 1e-8*math.Abs(want[i])+1e-300) {
				t.Errorf("case %d: figure %d (F, p, eta2, Welch's F, its p, H, its p) is %g, scipy says %g", n, i, got, want[i])
			}
		}
	}
	shared.Report(t, "scipy %s: F, p, eta2, Welch and Kruskal-Wallis of %d cases agree", scipy.Version, len(cases))
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
