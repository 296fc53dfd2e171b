package shared

import (
	"cmp"
	"os"
	"os/exec"
	"testing"
)

// Python finds an interpreter that has a module of PyPI: the one that PCAPLAKE_PYTHON names, as in a virtual environment, or python3. Without it the
// test is skipped, which is said, also under CI=true: a distribution does not have such modules.
func Python(tb testing.TB, module string) string {
	tb.Helper()
	program := cmp.Or(os.Getenv("PCAPLAKE_PYTHON"), "python3")
	if err := exec.Command(program, "-c", "import "+module).Run(); err != nil {
		tb.Skipf("%s has no module %s (PCAPLAKE_PYTHON names another): not compared with it", program, module)
	}
	return program
}
