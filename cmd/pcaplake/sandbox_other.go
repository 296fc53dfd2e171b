//go:build !linux

package main

import (
	"errors"
	"os/exec"
)

// startConfined has no way to confine a process here.
func startConfined(*exec.Cmd, []string, string) error {
	return errors.New("--sandbox: only Linux has what it takes (Landlock and seccomp); run the query in a container instead")
}
