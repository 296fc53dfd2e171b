package lake_test

import (
	"path/filepath"
	"testing"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/internal/storetest"
)

func TestDir(t *testing.T) {
	storetest.Run(t, func(t *testing.T) (lake.Store, string) {
		dir := t.TempDir()
		return lake.NewDir(filepath.Join(dir, "lake")), dir
	})
}
