package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

func capturesCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "captures",
		Usage: "what the lake has: one row per capture",
		Description: `The same as: pcaplake query captures. All that is known of them, such as interfaces, reasons and hashes, is captures-in-full.

Examples:
  pcaplake captures
  pcaplake captures --sensor dmz --from 2026-11-22 -f json
  pcaplake query -f json captures-in-full`,
		Flags: append([]cli.Flag{outputFlag()}, append(formatFlags(), datasetFlags()...)...),
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usage(fmt.Errorf("too many arguments: %q: choose captures with --sensor, --from and --to", c.Args().Slice()))
			}
			session, err := openSession(c)
			if err != nil {
				return err
			}
			defer session.Close()
			result, err := ask(c, session, "captures", nil)
			if err != nil {
				return err
			}
			return print(c, s, result)
		},
	}
}
