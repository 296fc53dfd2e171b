package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pcaplake": main, "pcaplake-broken": brokenMain})
}

// TestScripts runs every command as a user does. $TESTDATA is the folder of the repository's captures.
func TestScripts(t *testing.T) {
	captures, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("TESTDATA", captures)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "gzip": compress},
		Condition: func(name string) (bool, error) {
			switch name {
			case "root":
				return os.Geteuid() == 0, nil
			case "landlock":
				const createRuleset, version = 444, 1 // landlock_create_ruleset(2)
				_, _, errno := syscall.Syscall(createRuleset, 0, 0, version)
				return runtime.GOOS == "linux" && errno == 0, nil
			case "setpriv":
				_, err := exec.LookPath("setpriv")
				return err == nil, nil
			}
			return false, errors.New("unknown condition " + name)
		},
	})
}

// exits STATUS pcaplake ARGS… runs the program and holds its exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// compress FILE writes FILE.gz.
func compress(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("sh", "-c", "gzip -c "+args[0]+" > "+args[0]+".gz"))
}
