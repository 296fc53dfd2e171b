package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pcaplake/pcaplake/etl/lake"
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
  pcaplake schema -f markdown
  pcaplake schema --engine duckdb > lake.sql && duckdb -init lake.sql`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "engine", Usage: "instead, the statements that show the lake to another `ENGINE`: " + strings.Join(queries.Engines(), ", ")},
			outputFlag(),
		}, formatFlags()...),
		Action: func(c *cli.Context) error {
			if c.String("engine") != "" {
				return schemaFor(c, s, c.String("engine"))
			}
			t, err := schemaTable(c.Args().First())
			if err != nil {
				return err
			}
			return print(c, s, t.Result())
		},
	}
}

// schemaFor writes what another engine has to be told of the lake.
func schemaFor(c *cli.Context, s streams, engine string) error {
	if !slices.Contains(queries.Engines(), engine) {
		return usage(fmt.Errorf("engine %q: one of %s", engine, strings.Join(queries.Engines(), ", ")))
	}
	var d queries.Dataset
	l, _, err := loadLake(c.Context, c.String("lake"), &d)
	if err != nil {
		return err
	}
	for i := range d.Files {
		d.Files[i].Path = absolute(d.Files[i].Path)
	}
	text, err := queries.DDL(engine, absolute(l.Root()), &d)
	if err != nil {
		return err
	}
	return writeOutput(c, s, func(w io.Writer) error { _, err := io.WriteString(w, text); return err })
}

// absolute is a path from the root on, where the system can tell; a URL stays.
func absolute(path string) string {
	if lake.IsURL(path) {
		return path
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
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
		return nil, usage(fmt.Errorf("no such table: %q: %s", name, tableHint(name)))
	}
	return t, nil
}

// tableHint proposes the table that was meant.
func tableHint(name string) string {
	var names []string
	for _, t := range schema.Tables() {
		names = append(names, t.Name)
	}
	return queries.DidYouMean(name, names, "pcaplake schema lists them")
}
