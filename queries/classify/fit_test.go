package classify

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/queries"
)

// TestTree holds that a tree asks what tells classes apart, and nothing where nothing does.
func TestTree(t *testing.T) {
	var examples []example
	for i := range 60 {
		class := i % 3
		examples = append(examples, example{[]float64{float64(i % 7), float64(class * 10)}, class})
	}
	f := Forest{features: []string{"noise", "signal"}, classes: []string{"a", "b", "c"}}
	g := grower{rand: rand.New(rand.NewPCG(1, 1)), classes: 3, features: 2, try: 2}
	f.trees = []*node{g.grow(examples, treeDepth)}
	for _, e := range examples {
		if got := f.say(e.values); got != f.classes[e.class] {
			t.Errorf("%v is taken for %s", e.values, got)
		}
	}
	if want := "CASE WHEN coalesce(signal, 0) <= 147.41316 THEN 'a' ELSE CASE WHEN coalesce(signal, 0) <= 3269016.4 THEN 'b' ELSE 'c' END END"; f.sql(f.trees[0]) != want {
		t.Errorf("the tree is\n%s\nwant\n%s", f.sql(f.trees[0]), want)
	}
	for i := range examples {
		examples[i].values = []float64{1, 1}
	}
	if n := g.grow(examples, treeDepth); !n.decided {
		t.Error("it asks where all are alike")
	}
}

// TestFit holds that the SQL of a forest says what the forest does, that a seed gives one text, and how well it does on other captures of the lab's attacks.
func TestFit(t *testing.T) {
	lab := filepath.Join(shared.Dir(t), "lab", "A")
	s := ingested(t, filepath.Join(lab, "attack.pcap.gz"))
	labels := readLabels(t, filepath.Join(lab, "labels.csv"))
	var texts [2]bytes.Buffer
	var forest *Forest
	for i := range texts {
		var err error
		if forest, err = Fit(t.Context(), s, labels, 7); err != nil {
			t.Fatal(err)
		}
		if err := forest.WriteSQL(&texts[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(texts[0].Bytes(), texts[1].Bytes()) {
		t.Error("the same seed gives another text")
	}
	q, err := queries.ParseQuery("model", texts[0].String())
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Run(t.Context(), q, nil)
	if err != nil {
		t.Fatal(err)
	}
	table, err := queries.Collect(found, 0)
	if err != nil || len(table.Rows) == 0 {
		t.Fatalf("%d findings, %v", len(table.Rows), err)
	}
	_, samples, err := samplesOf(t.Context(), s, labels)
	if err != nil {
		t.Fatal(err)
	}
	right, all := 0, 0
	for _, sample := range samples {
		for _, r := range sample.rows {
			if all++; forest.say(r.values) == sample.class {
				right++
			}
		}
	}
	shared.Report(t, "lab/A: the forest gives %d of %d flows that it may have seen their class, and has %d findings", right, all, len(table.Rows))
	if right*100 < all*95 {
		t.Errorf("%d of %d flows", right, all)
	}
	if _, err := Fit(t.Context(), s, labels[:1], 7); err == nil {
		t.Error("one class was fitted")
	}
}
