package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/urfave/cli/v2"
)

// A sandboxed query runs in a process of its own, which sees the lake's files and the user's, writes into one folder of its own, has no network, and ends when it takes
// more memory or processor time than it may. DuckDB's settings alone do not hold that: repeat() passes its memory_limit, and a fault in it would pass the rest.

// sandboxFolder names, in the environment of a process that is in the sandbox, the folder that it may write to.
const sandboxFolder = "PCAPLAKE_SANDBOX_FOLDER"

// sandboxFlags bound untrusted SQL.
func sandboxFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "sandbox", Usage: "for SQL that you do not trust: a process without network and files but the lake's, with bounded memory and time"},
		&cli.StringFlag{Name: "sandbox-memory", Usage: "memory of a sandboxed query: `SIZE`", Value: "1GB"},
		&cli.DurationFlag{Name: "sandbox-cpu", Usage: "processor time of a sandboxed query", Value: time.Minute},
	}
}

// sandboxBounds are what the flags allow.
type sandboxBounds struct {
	memory uint64 // bytes
	cpu    time.Duration
}

func readBounds(c *cli.Context) (b sandboxBounds, err error) {
	if b.memory, err = humanize.ParseBytes(c.String("sandbox-memory")); err != nil || b.memory < 64<<20 {
		return b, usage(fmt.Errorf("--sandbox-memory %q: a size of 64MB or more", c.String("sandbox-memory")))
	}
	if b.cpu = c.Duration("sandbox-cpu"); b.cpu < time.Second {
		return b, usage(fmt.Errorf("--sandbox-cpu %s: a second or more", b.cpu))
	}
	return b, nil
}

// querySandboxed has a statement answered by a process in the sandbox, and writes what it says.
func querySandboxed(c *cli.Context, s streams, text string) error {
	bounds, err := readBounds(c)
	if err != nil {
		return err
	}
	if lake.IsURL(c.String("lake")) {
		return usage(errors.New("--sandbox: the lake is on a network, which a sandbox has not"))
	}
	folder, err := os.MkdirTemp("", "pcaplake-sandbox-")
	if err != nil {
		return fmt.Errorf("make folder of the sandbox: %w", err)
	}
	defer os.RemoveAll(folder)
	run := func(out io.Writer) error {
		child, err := sandboxedChild(c, folder, text)
		if err != nil {
			return err
		}
		var said bytes.Buffer
		child.Stdout, child.Stderr = out, &said
		if err := startConfined(child, readable(c), folder); err != nil {
			return err
		}
		return bounds.verdict(child.Wait(), &said, s.err)
	}
	return writeOutput(c, s, run)
}

// sandboxedChild is the program once more, with the same statement.
func sandboxedChild(c *cli.Context, folder, text string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program: %w", err)
	}
	args := []string{"--config", os.DevNull, "--lake", c.String("lake"), "query", "--sandbox", "--sandbox-memory", c.String("sandbox-memory"), "--sandbox-cpu", c.Duration("sandbox-cpu").String()}
	for _, name := range []string{"from", "to", "networks", "sql"} {
		if c.String(name) != "" {
			args = append(args, "--"+name, c.String(name))
		}
	}
	if c.Bool("stats") {
		args = append(args, "--stats")
	}
	if format := outputFormat(c); format != "" {
		args = append(args, "--format", format)
	}
	for _, name := range []string{"sensor", "geoip", "param"} {
		for _, value := range c.StringSlice(name) {
			args = append(args, "--"+name, value)
		}
	}
	child := exec.CommandContext(c.Context, self, args...)
	if oneWord(text) {
		child.Args = append(child.Args, "--", text)
	} else {
		child.Args = append(child.Args, "--file", "-")
		child.Stdin = strings.NewReader(text)
	}
	child.Env = []string{sandboxFolder + "=" + folder, "TMPDIR=" + folder, "HOME=" + folder, "GOTRACEBACK=none"}
	return child, nil
}

// readable are the files and folders that a query reads.
func readable(c *cli.Context) []string {
	paths := []string{c.String("lake")}
	for _, path := range append(c.StringSlice("geoip"), c.String("networks"), c.String("sql")) {
		if path != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// verdict is what became of a process in the sandbox. What it said is passed on when it is ours.
func (b *sandboxBounds) verdict(err error, said *bytes.Buffer, to io.Writer) error {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("run in the sandbox: %w", err)
	}
	for line := range strings.Lines(said.String()) {
		if strings.HasPrefix(line, "pcaplake: ") {
			if _, err := io.WriteString(to, line); err != nil {
				return err
			}
		}
	}
	if exit == nil {
		return nil
	}
	status, _ := exit.Sys().(syscall.WaitStatus)
	switch {
	case status.Signaled() && (status.Signal() == syscall.SIGKILL || status.Signal() == syscall.SIGXCPU):
		return fmt.Errorf("the query was stopped: it took more than %s of processor time", b.cpu)
	case status.Signaled() || exit.ExitCode() == 2:
		return fmt.Errorf("the query was stopped: it took more than %s of memory", humanize.IBytes(b.memory))
	}
	return &statusError{status: exit.ExitCode()}
}

// inSandbox reports whether this process is one in the sandbox, and where it may write.
func inSandbox() (folder string, ok bool) { return os.LookupEnv(sandboxFolder) }

// processAllowance is the address space that the program takes before a query does anything: of the runtime, its threads, and what DuckDB reserves.
const processAllowance = 3 << 30

// limit bounds this process.
func (b *sandboxBounds) limit() error {
	for resource, value := range map[int]uint64{syscall.RLIMIT_AS: b.memory + processAllowance, syscall.RLIMIT_CPU: uint64(b.cpu.Seconds()), syscall.RLIMIT_CORE: 0} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: value, Max: value}); err != nil {
			return fmt.Errorf("limit the query: %w", err)
		}
	}
	return nil
}
