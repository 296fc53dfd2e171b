package lake

import (
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"

	"github.com/pcaplake/pcaplake/schema"
	"github.com/zeebo/blake3"
)

// The folders of a lake beside those of its tables.
const (
	manifestFolder = "_manifests"
	runFolder      = "_runs"
	stagingFolder  = "_staging"
	liveFolder     = "_live"
)

var (
	safeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	safeDate = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// SafeName returns s if it can be part of a name in the lake: 1 to 64 letters, digits, dots, dashes and underscores, the first a letter
// or a digit. Nothing else can leave its folder, hide, or be read as a partition.
func SafeName(s string) (string, error) {
	if !safeName.MatchString(s) {
		return "", fmt.Errorf("name %q cannot be used in a lake: use 1 to 64 letters, digits, '.', '_' and '-', the first a letter or digit", s)
	}
	return s, nil
}

// fileName is the name of a Parquet file: it says table, sensor, UTC day ("" for the default partition) and what the bytes depend on.
func fileName(table, sensor, date, base string) (string, error) {
	for _, s := range []string{table, sensor, base} {
		if _, err := SafeName(s); err != nil {
			return "", err
		}
	}
	switch {
	case date == "":
		date = "__HIVE_DEFAULT_PARTITION__"
	case !safeDate.MatchString(date):
		return "", fmt.Errorf("%q is not a date", date)
	}
	return path.Join(table, "sensor="+sensor, "date="+date, base+".parquet"), nil
}

// BaseName is the last part of a Parquet file's name, without extension.
func BaseName(captureID, optionsID string, part int) string {
	return captureID + "-" + optionsID + "-" + strconv.Itoa(part)
}

// OptionsID is the fingerprint of everything beside the capture that the bytes written depend on: 8 hex digits of BLAKE3 over options,
// sensor, schema version and writer version.
func OptionsID(options map[string]string, sensor string) string {
	sum := blake3.New()
	for _, k := range slices.Sorted(maps.Keys(options)) {
		fmt.Fprintf(sum, "%q=%q\n", k, options[k])
	}
	fmt.Fprintf(sum, "sensor=%q\nschema=%d\nwriter=%q\n", sensor, schema.Version, schema.WriterVersion)
	return hex.EncodeToString(sum.Sum(nil)[:4])
}

var contentHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// captureManifest is the name of the manifest of one capture's content.
func captureManifest(content string) (string, error) {
	if !contentHash.MatchString(content) {
		return "", fmt.Errorf("%q is not a content hash", content)
	}
	return manifestFolder + "/c-" + content + ".json", nil
}
