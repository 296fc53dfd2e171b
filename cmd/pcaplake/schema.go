package main

import (
	"fmt"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/schema"
	"github.com/urfave/cli/v2"
)

func schemaCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "tables and columns, what they mean and what peers call them",
		ArgsUsage: "[TABLE]",
		Description: `Examples:
  pcaplake schema packets
  pcaplake schema -f markdown`,
		Flags: append([]cli.Flag{outputFlag()}, formatFlags()...),
		Action: func(c *cli.Context) error {
			t, err := schemaTable(c.Args().First())
			if err != nil {
				return err
			}
			return print(c, s, t.Result())
		},
	}
}

// schemaTable lists the columns of one table, or of all.
func schemaTable(name string) (*queries.Table, error) {
	t := textTable("table", "column", "type", "unit", "meaning", "wireshark", "zeek", "ipfix", "ecs")
	for _, table := range schema.Tables() {
		if name != "" && name != table.Name {
			continue
		}
		for _, c := range table.Columns {
			t.Rows = append(t.Rows, []any{table.Name, c.Name, c.Type.String(), c.Unit, c.Doc, c.Wireshark, c.Zeek, c.IPFIX, c.ECS})
		}
	}
	if len(t.Rows) == 0 {
		return nil, usage(fmt.Errorf("no such table: %q: pcaplake schema lists them", name))
	}
	return t, nil
}
