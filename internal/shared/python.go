package shared

import (
	"cmp"
	"os"
	"os/exec"
	"testing"
)

// Python finds an interpreter that has a module of PyPI: the one that PCAPLAKE_PYTHON names, as in a virtual environment, or python3. Without it the
// test is skipped, which is said; with CI=true that is a failure, since .ci/run installs the modules.
func Python(tb testing.TB, module string) string {
	tb.Helper()
	program := cmp.Or(os.Getenv("PCAPLAKE_PYTHON"), "python3")
	if err := exec.Command(program, "-c", "import "+module).Run(); err != nil {
		skip := tb.Skipf
		if os.Getenv("CI") == "true" {
			skip = tb.Fatalf
		}
		skip("%s has no module %s (PCAPLAKE_PYTHON names another): not compared with it", program, module)
	}
	return program
}
