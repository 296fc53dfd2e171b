package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/urfave/cli/v2"
)

// completions are the shells whose completion is written, and what is written.
var completions = map[string]func(*cli.App) (string, error){
	"bash": bashCompletion,
	"zsh": func(app *cli.App) (string, error) {
		text, err := bashCompletion(app)
		// Where zsh loads the file at the first key, it is the function that is to answer to it.
		return "#compdef pcaplake\nautoload -U +X bashcompinit && bashcompinit\n" + text + `[ "$funcstack[1]" != _pcaplake ] || _bash_complete -o filenames -F _pcaplake` + "\n", err
	},
	"fish": func(app *cli.App) (string, error) {
		text, err := app.ToFishCompletion()
		if err != nil {
			return "", err
		}
		named, err := queryNames()
		return fmt.Sprintf("%s\ncomplete -c pcaplake -n '__fish_seen_subcommand_from %s' -f -a '%s'\n", text, strings.Join(takeQueries, " "), named), err
	},
}

// takeQueries are the commands whose argument may be the name of a query.
var takeQueries = []string{"query", "extract"}

// queryNames are the names of the built-in queries, spaces between.
func queryNames() (string, error) {
	catalog, err := queries.Builtin()
	if err != nil {
		return "", err
	}
	names := make([]string, len(catalog))
	for i, q := range catalog {
		names[i] = q.Name
	}
	return strings.Join(names, " "), nil
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

// bashCompletion offers the commands, then the flags of the command and the global ones; otherwise names of queries where they may stand, and files.
func bashCompletion(app *cli.App) (string, error) {
	named, err := queryNames()
	if err != nil {
		return "", err
	}
	var names []string
	var b strings.Builder
	for _, c := range app.VisibleCommands() {
		names = append(names, c.Name)
		also := ""
		if slices.Contains(takeQueries, c.Name) {
			also = " named='" + named + "'"
		}
		fmt.Fprintf(&b, "    %s) flags='%s'%s ;;\n", c.Name, dashed(c.Flags), also)
	}
	return fmt.Sprintf(`_pcaplake() {
  local word=${COMP_WORDS[COMP_CWORD]} command= flags= named= w
  for w in "${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case " %[1]s " in *" $w "*) command=$w; break ;; esac
  done
  case $command in
%[2]s  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$flags %[3]s" -- "$word")) ;;
    *) if [ -z "$command" ]; then COMPREPLY=($(compgen -W '%[1]s' -- "$word")); else COMPREPLY=($(compgen -W "$named" -- "$word") $(compgen -f -- "$word")); fi ;;
  esac
}
complete -o filenames -F _pcaplake pcaplake
`, strings.Join(names, " "), b.String(), dashed(app.Flags)), nil
}

// dashed are the long names of flags as they are typed.
func dashed(flags []cli.Flag) string {
	var names []string
	for _, f := range flags {
		names = append(names, "--"+f.Names()[0])
	}
	return strings.Join(names, " ")
}
