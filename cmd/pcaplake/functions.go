package main

import (
	"encoding/json"
	"io"

	"github.com/pcaplake/pcaplake/queries"
	"github.com/urfave/cli/v2"
)

func functionsCommand(s streams) *cli.Command {
	return &cli.Command{
		Name:  "functions",
		Usage: "what another SQL engine lacks to answer as this one does",
		Description: `Tables, macros, views and named queries in DuckDB's SQL, and the functions that they call, as one JSON object. With
--serve it answers calls of these functions: a JSON list of the name and the arguments a line, and a line of JSON for each.
deploy/spark/pcaplake_spark.py makes functions and views of Spark of them.

Examples:
  pcaplake functions --from 2026-11-22
  echo '["ip_scope", "192.168.1.7"]' | pcaplake functions --serve`,
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "serve", Usage: "answer calls from standard input; the lake is not read"},
			&cli.BoolFlag{Name: "pseudonyms", Usage: "with --serve: addresses stand for others, as ingest --anonymize makes them"},
		}, datasetFlags()...),
		Action: func(c *cli.Context) error {
			if c.Bool("serve") {
				return serveFunctions(c, s)
			}
			return define(c, s)
		},
	}
}

// define writes the definitions for the lake.
func define(c *cli.Context, s streams) error {
	d, err := dataset(c)
	if err != nil {
		return err
	}
	if _, _, err := readLake(c.Context, c.String("lake"), &d); err != nil {
		return err
	}
	definitions, err := queries.Define(&d)
	if err != nil {
		return err
	}
	encode := json.NewEncoder(s.out)
	encode.SetEscapeHTML(false)
	return encode.Encode(definitions)
}

// serveFunctions answers calls until standard input ends.
func serveFunctions(c *cli.Context, s streams) error {
	calls, err := queries.OpenCalls(&queries.Dataset{Networks: c.String("networks"), GeoIP: c.StringSlice("geoip"), Pseudonyms: c.Bool("pseudonyms")})
	if err != nil {
		return err
	}
	return serve(calls, s.in, s.out)
}

func serve(calls *queries.Calls, in io.Reader, out io.Writer) error {
	err := calls.Serve(in, out)
	if closeErr := calls.Close(); err == nil {
		err = closeErr
	}
	return err
}
