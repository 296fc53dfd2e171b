package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/urfave/cli/v2"
)

// version is set by the linker for releases.
var version = "0.1.0-dev"

// streams are the standard streams of the process.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// commands are the program's commands, in the order of the help.
func commands(s streams) []*cli.Command {
	return []*cli.Command{
		runCommand(s), ingestCommand(s), planCommand(s), publishCommand(s), queryCommand(s), shellCommand(s), reportCommand(s), classifyCommand(s), huntCommand(s), extractCommand(s), capturesCommand(s), filesCommand(s),
		verifyCommand(s), compactCommand(s), expireCommand(s), schemaCommand(s), functionsCommand(s), completionCommand(s),
		docsCommand(s),
	}
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *cli.App {
	s := streams{stdin, stdout, stderr}
	app := &cli.App{
		Name:      "pcaplake",
		Usage:     "every packet you kept, answerable before breakfast, with proof",
		UsageText: "pcaplake [--lake DIR|s3://…] COMMAND [options] [arguments]\nFlags are accepted anywhere; -- ends them.",
		Version:   version,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "lake", Usage: "the lake: a `DIR` or s3://BUCKET/PREFIX", Value: "./lake"},
			&cli.StringFlag{Name: "config", Usage: "read flags from `FILE` (YAML: flag: value)", DefaultText: configName + " if it is there"},
			&cli.StringFlag{Name: "log-level", Usage: "what is logged: debug, info, warn or error", Value: "warn"},
			&cli.StringFlag{Name: "log-format", Usage: "how it is logged: text or json", Value: "text"},
		}, remoteFlags()...),
		Commands:                  commands(s),
		Reader:                    stdin,
		Writer:                    stdout,
		ErrWriter:                 stderr,
		DisableSliceFlagSeparator: true,
		HideHelpCommand:           true,
		Before:                    prepare,
		Action:                    noCommand,
		ExitErrHandler:            func(*cli.Context, error) {}, // run maps errors to statuses
		OnUsageError:              usageError,
		Suggest:                   true,
	}
	envFlags(app.Flags)
	for _, c := range app.Commands {
		envFlags(c.Flags)
		c.OnUsageError = usageError
		c.Before = configure
		c.HideHelpCommand = true
	}
	return app
}

// prepare is done before every command.
func prepare(c *cli.Context) error {
	if err := configure(c); err != nil {
		return err
	}
	return withRemotes(c)
}

// envFlags gives every flag its environment variable: PCAPLAKE_ and its name.
func envFlags(flags []cli.Flag) {
	for _, f := range flags {
		name := "PCAPLAKE_" + strings.ToUpper(strings.ReplaceAll(f.Names()[0], "-", "_"))
		switch f := f.(type) {
		case *cli.StringFlag:
			f.EnvVars = append([]string{name}, f.EnvVars...)
		case *cli.StringSliceFlag:
			f.EnvVars = []string{name}
		case *cli.BoolFlag:
			f.EnvVars = []string{name}
		case *cli.IntFlag:
			f.EnvVars = []string{name}
		case *cli.Int64Flag:
			f.EnvVars = []string{name}
		case *cli.DurationFlag:
			f.EnvVars = []string{name}
		default:
			panic(fmt.Sprintf("flag %s of type %T has no environment variable", f.Names()[0], f))
		}
	}
}

func usageError(_ *cli.Context, err error, _ bool) error {
	return usage(fmt.Errorf("%w: pcaplake --help shows the flags", err))
}

// noCommand runs where there is no command, or one that does not exist.
func noCommand(c *cli.Context) error {
	if c.NArg() == 0 {
		return cli.ShowAppHelp(c)
	}
	name := c.Args().First()
	hint := "pcaplake --help lists them"
	if near := cli.SuggestCommand(c.App.VisibleCommands(), name); near != "" {
		hint = strings.ToLower(near[:1]) + near[1:]
	}
	return usage(fmt.Errorf("no such command: %q: %s", name, hint))
}

// newLog returns the log that the global flags ask for, on standard error.
func newLog(c *cli.Context, w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		return nil, usage(fmt.Errorf("log level %q: one of debug, info, warn, error", c.String("log-level")))
	}
	options := &slog.HandlerOptions{Level: level}
	switch format := c.String("log-format"); format {
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	default:
		return nil, usage(fmt.Errorf("log format %q: text or json", format))
	}
}

// terminal returns the file behind a stream if it is a terminal.
func terminal(w io.Writer) (*os.File, bool) {
	if d, ok := w.(*delivery); ok {
		w = d.to
	}
	f, ok := w.(*os.File)
	return f, ok && isTerminal(f)
}
