package main

import (
	"path/filepath"
	"testing"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/pseudonym"
	"github.com/pcaplake/pcaplake/queries"
)

// TestPseudonymsAreTold holds that a lake under a key is known as one, however much of it is read.
func TestPseudonymsAreTold(t *testing.T) {
	key, err := pseudonym.New([pseudonym.KeySize]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []*pseudonym.Key{nil, key} {
		root := filepath.Join(t.TempDir(), "lake")
		if _, err := etl.Ingest(t.Context(), etl.Options{Lake: root, Sources: []string{"../../testdata/scan.pcap"}, Anonymize: key}); err != nil {
			t.Fatal(err)
		}
		var whole, part queries.Dataset
		if _, _, err := loadLake(t.Context(), root, &whole); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readLake(t.Context(), root, &part); err != nil {
			t.Fatal(err)
		}
		if want := key != nil; whole.Pseudonyms != want || part.Pseudonyms != want {
			t.Errorf("pseudonyms: of the whole %v, of a part %v, want %v", whole.Pseudonyms, part.Pseudonyms, want)
		}
	}
}
