package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// normalise brings arguments into the one order that the flag parser understands: global flags, the command, its flags, "--", and what is no
// flag. Flags are so accepted anywhere; "--" ends them, and an argument with white space, such as SQL, never is one. Driven by the declared
// flags alone.
func normalise(app *cli.App, args []string) ([]string, error) {
	if len(args) == 0 {
		return args, nil
	}
	n := normaliser{app: app}
	for rest := args[1:]; len(rest) > 0; {
		taken, err := n.take(rest)
		if err != nil {
			return nil, err
		}
		rest = rest[taken:]
	}
	out := append([]string{args[0]}, n.global...)
	if n.command != "" {
		out = append(append(out, n.command), n.local...)
	} else {
		out = append(out, n.local...)
	}
	if len(n.plain) > 0 || n.ended {
		if n.command != "" {
			out = append(out, "--")
		}
		out = append(out, n.plain...)
	}
	return out, nil
}

type normaliser struct {
	app     *cli.App
	command string
	global  []string
	local   []string
	plain   []string
	ended   bool // "--" was there
}

// take sorts the first argument, with its value where it is a flag that has one, and returns how many it took.
func (n *normaliser) take(args []string) (int, error) {
	arg := args[0]
	switch {
	case n.ended || !flagLike(arg):
		n.put(arg)
		return 1, nil
	case arg == "--":
		n.ended = true
		return 1, nil
	}
	name, _, joined := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	flag, global := n.find(name)
	to := &n.local
	if global || flag == nil && n.command == "" && isHelp(name) {
		to = &n.global
	}
	*to = append(*to, arg)
	if flag == nil || joined || !takesValue(flag) {
		return 1, nil
	}
	if len(args) == 1 {
		return 0, usage(fmt.Errorf("flag needs a value: %s", arg))
	}
	*to = append(*to, args[1])
	return 2, nil
}

// put takes an argument that is no flag: the first is the command.
func (n *normaliser) put(arg string) {
	if n.command == "" && len(n.plain) == 0 && n.app.Command(arg) != nil {
		n.command = arg
		return
	}
	n.plain = append(n.plain, arg)
}

func flagLike(arg string) bool {
	return len(arg) > 1 && arg[0] == '-' && !strings.ContainsAny(arg, " \t\r\n")
}

func isHelp(name string) bool {
	return slices.Contains([]string{"help", "h", "version", "v"}, name)
}

// find looks a flag up among the global ones and those of all commands: a name means the same kind of flag everywhere.
func (n *normaliser) find(name string) (flag cli.Flag, global bool) {
	if f := named(n.app.Flags, name); f != nil {
		return f, true
	}
	for _, c := range n.app.Commands {
		if f := named(c.Flags, name); f != nil {
			return f, false
		}
	}
	return nil, false
}

func named(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}
