package pcaplake_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// recipe runs a tool that checks a recipe.
func recipe(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(shared.Tool(t, name), args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "VERSION=0.1.0", "GOARCH=amd64")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// copied copies files of the repository into a folder, under the same names.
func copied(t *testing.T, to string, names ...string) {
	t.Helper()
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(to, name), string(text))
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestSystemd holds the units against systemd's own rules; the program and its user, which this machine lacks, are replaced.
func TestSystemd(t *testing.T) {
	dir := t.TempDir()
	for _, unit := range []string{"pcaplake.service", "pcaplake.timer"} {
		text, err := os.ReadFile(filepath.Join("deploy/systemd", unit))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, unit), strings.NewReplacer("/usr/bin/pcaplake run", "/bin/true", "User=pcaplake\n", "", "Group=pcaplake\n", "", "Documentation=man:pcaplake(1)\n", "").Replace(string(text)))
	}
	for _, unit := range []string{"pcaplake.service", "pcaplake.timer"} {
		if out := recipe(t, dir, "systemd-analyze", "verify", "--man=no", "./"+unit); strings.Contains(out, "pcaplake") {
			t.Errorf("%s: %s", unit, out)
		}
	}
	recipe(t, "deploy/systemd", "systemd-analyze", "security", "--offline=yes", "--threshold=30", "./pcaplake.service")
}

// TestCron runs the command of the crontab as cron does, with a stand-in for the program: what it mails, by the exit status.
func TestCron(t *testing.T) {
	text, err := os.ReadFile("deploy/cron/pcaplake")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^(?:[0-9*/,-]+ ){5}pcaplake (pcaplake run .*)$`).FindStringSubmatch(string(text))
	if line == nil || strings.Contains(line[1], "%") { // cron makes it a new line
		t.Fatalf("no line of a system's crontab in %s", text)
	}
	for status, mail := range map[string]string{"0": "", "75": "", "1": "pcaplake run: exit status 1\n", "3": "pcaplake run: exit status 3\n"} {
		bin := t.TempDir()
		put(t, filepath.Join(bin, "pcaplake"), "#!/bin/sh\necho summary\nexit "+status+"\n")
		if err := os.Chmod(filepath.Join(bin, "pcaplake"), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("/bin/sh", "-c", line[1])
		cmd.Env = []string{"PATH=" + bin + ":/usr/bin:/bin"}
		if out, _ := cmd.CombinedOutput(); string(out) != mail {
			t.Errorf("exit status %s: cron would mail %q, want %q", status, out, mail)
		}
	}
}

// TestAirflow parses the DAGs; they need no Airflow for that.
func TestAirflow(t *testing.T) {
	const tree = `
import ast, sys
for name in sys.argv[1:]:
    calls = [n.func.id for n in ast.walk(ast.parse(open(name).read(), name)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    print(name, *calls)
`
	out := recipe(t, "deploy/airflow", "python3", "-c", tree, "pcaplake_dag.py", "pcaplake_kubernetes_dag.py")
	for _, want := range []string{"pcaplake_dag.py DAG", "BashOperator", "pcaplake_kubernetes_dag.py DAG", "KubernetesPodOperator"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in %s", want, out)
		}
	}
}

// TestPackages builds a deb of a program that is a stand-in, and lists it.
func TestPackages(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds nfpm")
	}
	dir := t.TempDir()
	copied(t, dir, "LICENSE", "deploy/packages/nfpm.yaml", "deploy/packages/postinstall.sh", "deploy/systemd/pcaplake.service", "deploy/systemd/pcaplake.timer", "deploy/systemd/pcaplake.env")
	for _, name := range []string{"pcaplake", "pcaplake-iceberg", "pcaplake.1", "pcaplake.bash", "pcaplake.zsh", "pcaplake.fish"} {
		put(t, filepath.Join(dir, "bin", name), "#!/bin/sh\n")
	}
	recipe(t, dir, "go", "run", "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.0", "package", "-f", "deploy/packages/nfpm.yaml", "-p", "deb", "-t", "night.deb")
	list := recipe(t, dir, "dpkg-deb", "-c", "night.deb")
	for _, want := range []string{
		"-rwxr-xr-x root/root", "./usr/bin/pcaplake\n", "./usr/share/man/man1/pcaplake.1\n", "./usr/share/bash-completion/completions/pcaplake\n",
		"./lib/systemd/system/pcaplake.service\n", "./lib/systemd/system/pcaplake.timer\n", "./etc/pcaplake/pcaplake.env\n",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("the package lacks %s:\n%s", want, list)
		}
	}
	if info := recipe(t, dir, "dpkg-deb", "-I", "night.deb"); !strings.Contains(info, "Package: pcaplake\n") || !strings.Contains(info, "Version: 0.1.0\n") {
		t.Errorf("its control file: %s", info)
	}
}
