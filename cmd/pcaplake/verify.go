package main

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/urfave/cli/v2"
)

func verifyCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "verify",
		Usage: "hold every file of the lake against its manifest",
		Description: `Each live file: is it there, its length, BLAKE3, rows and times; each manifest: its digest, ledger and names. One row per finding:
an error is damage; info is worth knowing, such as a file that no manifest names. docs/lake.md says what a lake promises.
Exit status: 0 sound, 1 damaged, 66 no lake, 74 something could not be read.

With --repair, files that are lost or damaged are made again, byte for byte, from the captures they came from, where those still are,
and files that no manifest has named for a day are deleted, unless a manifest is damaged.

Examples:
  pcaplake verify
  pcaplake verify --repair -f json`,
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "repair", Usage: "make lost and damaged files again from their captures, and delete what no manifest names"},
			&cli.IntFlag{Name: "jobs", Usage: "files read at a time; 0: one per processor"},
			outputFlag(),
		}, formatFlags()...),
		Action: func(c *cli.Context) error { return verify(c, s) },
	}
}

func verify(c *cli.Context, s streams) error {
	if c.NArg() > 0 {
		return usage(fmt.Errorf("too many arguments: %q: the lake is named by --lake", c.Args().Slice()))
	}
	if err := checkFormat(c); err != nil {
		return err
	}
	o := etl.VerifyOptions{Lake: c.String("lake"), Jobs: c.Int("jobs"), Repair: c.Bool("repair")}
	bar := s.showProgress("files", &o.Progress)
	v, err := etl.Verify(c.Context, o)
	bar.finish()
	if err != nil {
		return err
	}
	if err := print(c, s, findings(&v).Result()); err != nil {
		return err
	}
	fmt.Fprintln(s.err, "pcaplake: "+verdict(&v))
	if status := v.ExitStatus(); status != 0 {
		return &statusError{status, nil}
	}
	return nil
}

func findings(v *etl.Verification) *queries.Table {
	t := textTable("severity", "object", "problem", "remedy")
	for _, f := range v.Findings {
		t.Rows = append(t.Rows, []any{string(f.Severity), f.Object, f.Problem, f.Remedy})
	}
	return t
}

// verdict is one line on the lake as a whole.
func verdict(v *etl.Verification) string {
	parts := []string{fmt.Sprintf("%s, %s, %s", count(v.Captures, "capture"), count(v.Files, "file"), humanize.IBytes(uint64(max(0, v.Bytes))))}
	if v.Free >= 0 {
		parts = append(parts, humanize.IBytes(uint64(v.Free))+" free")
	}
	if v.Repaired > 0 {
		parts = append(parts, fmt.Sprintf("%s made again", count(v.Repaired, "file")))
	}
	if v.Deleted > 0 {
		parts = append(parts, fmt.Sprintf("%s deleted", count(v.Deleted, "file")))
	}
	if v.Broken > 0 {
		return "the lake is damaged: " + strings.Join(append(parts, count(v.Broken, "error")), ", ")
	}
	return "the lake is sound: " + strings.Join(parts, ", ")
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return humanize.Comma(int64(n)) + " " + what + "s"
}
