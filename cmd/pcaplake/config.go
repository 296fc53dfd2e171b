package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/urfave/cli/v2"
	"gopkg.in/yaml.v3"
)

// configName is the file that is read when none is named.
const configName = "pcaplake.yaml"

// configure sets the flags of the app or of a command from the configuration file, where neither the command line nor the environment did.
func configure(c *cli.Context) error {
	settings, err := readConfig(c.String("config"))
	if err != nil {
		return usage(err)
	}
	known := slices.Clone(c.App.Flags)
	for _, command := range c.App.Commands {
		known = append(known, command.Flags...)
	}
	mine := c.App.Flags
	if c.Command != nil && c.Command.Name != c.App.Name {
		mine = c.Command.Flags
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if named(known, name) == nil {
			return usage(fmt.Errorf("read configuration: no such flag: %q", name))
		}
		flag := named(mine, name)
		if flag == nil || c.IsSet(name) {
			continue
		}
		for _, value := range settings[name] {
			if err := c.Set(name, value); err != nil {
				return usage(fmt.Errorf("read configuration: %s: %w", name, err))
			}
		}
	}
	return nil
}

// readConfig returns the values of each flag; "" reads the default file if it is there.
func readConfig(path string) (map[string]values, error) {
	name := path
	if name == "" {
		name = configName
	}
	text, err := os.ReadFile(name)
	if path == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	var settings map[string]values
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", name, err)
	}
	return settings, nil
}

// values are one scalar or a list of scalars.
type values []string

// UnmarshalYAML takes both forms.
func (v *values) UnmarshalYAML(node *yaml.Node) error {
	switch node.Kind {
	case yaml.ScalarNode:
		*v = values{node.Value}
		return nil
	case yaml.SequenceNode:
		return node.Decode((*[]string)(v))
	}
	return fmt.Errorf("line %d: a value or a list of values is expected", node.Line)
}
