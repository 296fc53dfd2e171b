package main

import (
	"os"
	"strings"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/etl/lake/s3"
	"github.com/urfave/cli/v2"
)

// remoteFlags say where lakes and captures are that lie in no folder.
func remoteFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "s3-endpoint", Usage: "`URL` of the server that speaks S3", DefaultText: "AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or Amazon's"},
		&cli.StringFlag{Name: "s3-region", Usage: "`REGION` of the bucket", DefaultText: "AWS_REGION, AWS_DEFAULT_REGION, or as the server says"},
		&cli.BoolFlag{Name: "s3-path-style", Usage: "the bucket is part of the path, not of the host's name"},
		&cli.StringFlag{Name: "cache", Usage: "`DIR` for copies of a remote lake's files, and for work in progress", DefaultText: "pcaplake in the user's folder for caches"},
		&cli.StringFlag{Name: "cache-size", Usage: "`SIZE` that these copies may take", Value: "10GiB"},
	}
}

// withRemotes makes known to a command what the flags say of stores: this is the one place that knows which there are.
func withRemotes(c *cli.Context) error {
	bytes, err := parseSize(c, "cache-size")
	if err != nil {
		return err
	}
	options := s3.FromEnv()
	if endpoint := c.String("s3-endpoint"); endpoint != "" {
		options.Endpoint = endpoint
	}
	if region := c.String("s3-region"); region != "" {
		options.Region = region
	}
	options.PathStyle = c.Bool("s3-path-style") || options.Endpoint != "" && !strings.Contains(options.Endpoint, ".amazonaws.com")
	remote, err := s3.New(options)
	switch {
	case err != nil && strings.Contains(strings.Join(append(c.Args().Slice(), c.String("lake")), " "), s3.Scheme+"://"):
		return usage(err)
	case err != nil: // the environment is that of other programs too
		return nil
	}
	c.Context = lake.WithRemote(lake.WithLocal(c.Context, lake.Local{Dir: c.String("cache"), Bytes: max(1, bytes)}), s3.Scheme, remote)
	return nil
}

// sourceExists reports whether a path is there; of patterns and URLs only ingest can tell.
func sourceExists(source string) bool {
	_, err := os.Stat(source)
	return err == nil || lake.IsURL(source) || strings.ContainsAny(source, "*?[")
}
