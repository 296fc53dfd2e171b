package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// calm is how long keys wait for each other: the line editor loses those that come while it asks the terminal where its cursor is.
const calm = 300 * time.Millisecond

// A pane is a terminal of tmux that runs something.
type pane struct {
	t      *testing.T
	socket string
}

// newPane runs a command in a terminal of 120 by 30; "pcaplake" is the program under test.
func newPane(t *testing.T, env []string, command string) *pane {
	t.Helper()
	shared.Tool(t, "tmux")
	p := &pane{t, filepath.Join(t.TempDir(), "tmux")}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", p.socket, "kill-server").Run() })
	p.tmux("-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "30", "env "+strings.Join(env, " ")+" "+command)
	return p
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", p.socket}, args...)...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return string(out)
}

// types types text and waits until the screen shows it, then presses keys.
func (p *pane) types(text string, keys ...string) {
	p.t.Helper()
	time.Sleep(calm)
	if text, semicolon := strings.CutSuffix(text, ";"); text != "" {
		p.tmux("send-keys", "-l", text)
		p.shows(text)
		time.Sleep(calm)
		if semicolon {
			p.tmux("send-keys", "-l", `\;`) // which tmux takes for its own otherwise
			p.shows(text + ";")
			time.Sleep(calm)
		}
	}
	if len(keys) > 0 {
		p.tmux(append([]string{"send-keys"}, keys...)...)
	}
}

// shows waits until the screen shows a text.
func (p *pane) shows(text string) {
	p.t.Helper()
	p.showsTimes(text, 1)
}

// showsTimes waits until the screen shows a text so many times, or more.
func (p *pane) showsTimes(text string, times int) {
	p.t.Helper()
	screen := ""
	for range 200 {
		screen = p.tmux("capture-pane", "-p")
		if strings.Count(screen, text) >= times {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("the screen never shows %q:\n%s", text, screen)
}

// TestShellInTerminal types into the shell as people do.
func TestShellInTerminal(t *testing.T) {
	captured, err := filepath.Abs("../../testdata/theft.pcap")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	if out, err := exec.Command("pcaplake", "ingest", captured).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	p := newPane(t, []string{"HOME=" + dir, "XDG_STATE_HOME=", "TERM=xterm-256color", "PAGER=less"}, "pcaplake shell")
	p.shows("pcaplake>")
	p.types("SELECT 7*6 AS answer,", "Enter")
	p.types("'a;b' AS text;", "Enter")
	p.shows("│     42 │ a;b  │")

	p.types("", "Up") // the whole block again
	time.Sleep(calm)
	p.types("", "Enter")
	p.showsTimes("│     42 │ a;b  │", 2)

	p.types("SELECT count(*) > 0 AS any FROM pack", "Tab")
	p.shows("FROM packets")
	time.Sleep(calm)
	p.types("", `\;`)
	p.shows("FROM packets;")
	time.Sleep(calm)
	p.types("", "Enter")
	p.shows("│ true │")
	p.types("suspicious-a", "Tab")
	p.shows("> suspicious-address")
	time.Sleep(calm)
	p.types("", "Enter")
	p.shows("│ suspicious_")

	p.types("SELECT count(*) AS endless FROM range(100000000) a, range(100000000) b;", "Enter")
	time.Sleep(calm)
	p.types("", "C-c")
	p.shows("interrupted")
	p.types("SELECT nonsense;", "Enter")
	p.shows(`Referenced column "nonsense"`)
	p.shows("\n               ^\n") // below the word

	p.types("SELECT range AS number FROM range(500);", "Enter") // higher than the terminal
	p.shows("│     20 │")
	p.shows(":") // less asks
	p.types("", "q")
	p.shows("pcaplake>")
	p.types("half a statement", "C-c")
	p.types(".mode csv", "Enter")
	p.types("SELECT 'still' || ' here' AS x;", "Enter")
	p.shows("still here")
	p.types(".quit", "Enter")
	for range 100 {
		if exec.Command("tmux", "-S", p.socket, "has-session").Run() != nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	history, err := os.ReadFile(filepath.Join(dir, ".local/state/pcaplake/history"))
	if err != nil || !strings.Contains(string(history), "7*6 AS answer") {
		t.Errorf("the history holds %q, %v", history, err)
	}
	if info, err := os.Stat(filepath.Join(dir, ".local/state/pcaplake/history")); err == nil && info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the history: %v", info.Mode())
	}
}
