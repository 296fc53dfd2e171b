package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// completions are the shells whose completion is written, and what is written.
var completions = map[string]func(*cli.App) (string, error){
	"bash": func(app *cli.App) (string, error) { return bashCompletion(app), nil },
	"zsh": func(app *cli.App) (string, error) {
		return "#compdef pcaplake\nautoload -U +X bashcompinit && bashcompinit\n" + bashCompletion(app), nil
	},
	"fish": func(app *cli.App) (string, error) { return app.ToFishCompletion() },
}

func completionCommand(s streams) *cli.Command {
	shells := slices.Sorted(maps.Keys(completions))
	return &cli.Command{
		Name:      "completion",
		Usage:     "completion of commands and flags for a shell",
		ArgsUsage: strings.Join(shells, "|"),
		Description: `Examples:
  source <(pcaplake completion bash)
  pcaplake completion fish > ~/.config/fish/completions/pcaplake.fish`,
		Action: func(c *cli.Context) error {
			write := completions[c.Args().First()]
			if c.NArg() != 1 || write == nil {
				return usage(fmt.Errorf("name one shell: %s", strings.Join(shells, ", ")))
			}
			text, err := write(c.App)
			if err != nil {
				return fmt.Errorf("write completion: %w", err)
			}
			fmt.Fprintln(s.out, strings.TrimRight(text, "\n"))
			return nil
		},
	}
}

// bashCompletion offers the commands, then the flags of the command and the global ones; otherwise files.
func bashCompletion(app *cli.App) string {
	var names []string
	var b strings.Builder
	for _, c := range app.VisibleCommands() {
		names = append(names, c.Name)
		fmt.Fprintf(&b, "    %s) flags='%s' ;;\n", c.Name, dashed(c.Flags))
	}
	return fmt.Sprintf(`_pcaplake() {
  local word=${COMP_WORDS[COMP_CWORD]} command= flags= w
  for w in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " %[1]s " in *" $w "*) command=$w; break ;; esac
  done
  case $command in
%[2]s  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags %[3]s" -- "$word")) ;;
    *) if [ -z "$command" ]; then COMPREPLY=($(compgen -W '%[1]s' -- "$word")); else COMPREPLY=($(compgen -f -- "$word")); fi ;;
  esac
}
complete -o filenames -F _pcaplake pcaplake
`, strings.Join(names, " "), b.String(), dashed(app.Flags))
}

// dashed are the long names of flags as they are typed.
func dashed(flags []cli.Flag) string {
	var names []string
	for _, f := range flags {
		names = append(names, "--"+f.Names()[0])
	}
	return strings.Join(names, " ")
}
