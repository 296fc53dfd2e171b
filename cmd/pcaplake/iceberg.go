package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"
)

// icebergProgram does the work: see there why it is another one.
const icebergProgram = "pcaplake-iceberg"

func publishIceberg(c *cli.Context, s streams) error {
	server := strings.HasPrefix(c.String("catalog"), "http")
	if c.String("warehouse") == "" && !server || c.NArg() > 1 || c.String("plan") != "" {
		return usage(errors.New("publish iceberg takes --warehouse, where the metadata of tables lie, unless --catalog is a server, and no plan"))
	}
	program, err := beside(icebergProgram)
	if err != nil {
		return err
	}
	args := []string{"--lake", c.String("lake")}
	for _, name := range []string{"warehouse", "catalog", "namespace", "s3-endpoint", "s3-region"} {
		if v := c.String(name); v != "" {
			args = append(args, "--"+name, v)
		}
	}
	cmd := exec.CommandContext(c.Context, program, args...)
	cmd.Stdout, cmd.Stderr = s.out, s.err
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return &statusError{exit.ExitCode(), nil} // it has said why
	}
	return err
}

// beside finds a program that comes with this one.
func beside(name string) (string, error) {
	if self, err := os.Executable(); err == nil {
		if path := filepath.Join(filepath.Dir(self), name); isFile(path) {
			return path, nil
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("%s is neither beside pcaplake nor on the PATH: `make iceberg` builds it, and packages have it", name)
	}
	return path, nil
}

func isFile(path string) bool {
	at, err := os.Stat(path)
	return err == nil && at.Mode().IsRegular()
}
