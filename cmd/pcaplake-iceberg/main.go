// Command pcaplake-iceberg is what `pcaplake publish iceberg` runs. It is a program of its own since the library of Iceberg takes 0.15 s to start, which every
// query would pay, and makes a program larger by a third.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/apache/iceberg-go/table"

	"github.com/pcaplake/pcaplake/etl/iceberg"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/etl/lake/s3"
)

// Exit statuses, as those of pcaplake.
const (
	exitFailed = 1
	exitUsage  = 64
	exitNoLake = 66
	exitBusy   = 75 // another program committed meanwhile
)

// summary is the line of JSON on standard output.
type summary struct {
	Command string              `json:"command"` // "publish iceberg"
	Status  string              `json:"status"`  // "ok", "nothing-new" or "failed"
	Tables  []iceberg.Published `json:"tables"`
	Seconds float64             `json:"seconds"`
}

// flags are what pcaplake passes on.
type flags struct {
	lake, catalog, warehouse, namespace string
	s3                                  s3.Options
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with its surroundings told; it returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	f := flags{s3: s3.FromEnv()}
	set := flag.NewFlagSet("pcaplake-iceberg", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&f.lake, "lake", "./lake", "folder or s3://BUCKET/PREFIX")
	set.StringVar(&f.warehouse, "warehouse", "", "folder or s3://BUCKET/PREFIX of the metadata; a server's name for one of its warehouses")
	set.StringVar(&f.catalog, "catalog", "", "sqlite:FILE or http://SERVER; without it the warehouse is a catalog of Hadoop")
	set.StringVar(&f.namespace, "namespace", iceberg.Namespace, "of the tables")
	set.StringVar(&f.s3.Endpoint, "s3-endpoint", f.s3.Endpoint, "URL of the server that speaks S3")
	set.StringVar(&f.s3.Region, "s3-region", f.s3.Region, "of the bucket")
	if err := set.Parse(args); err != nil {
		return exitUsage
	}
	began := time.Now()
	sum := summary{Command: "publish iceberg", Status: "failed"}
	var err error
	sum.Tables, err = publish(ctx, &f)
	if err != nil {
		fmt.Fprintln(stderr, "pcaplake-iceberg:", err)
	} else {
		sum.Status = "nothing-new"
	}
	for _, p := range sum.Tables {
		if err == nil && p.Added+p.Removed > 0 {
			sum.Status = "ok"
		}
	}
	sum.Seconds = time.Since(began).Seconds()
	if werr := json.NewEncoder(stdout).Encode(sum); err == nil {
		err = werr
	}
	return status(err)
}

func publish(ctx context.Context, f *flags) ([]iceberg.Published, error) {
	f.s3.PathStyle = f.s3.Endpoint != ""
	if remote, err := s3.New(f.s3); err == nil { // without it a lake on S3 is told to be unknown
		ctx = lake.WithRemote(ctx, s3.Scheme, remote)
	}
	properties := fromEnviron(os.Environ())
	if f.s3.Endpoint != "" {
		properties["s3.endpoint"] = f.s3.Endpoint
	}
	if f.s3.Region != "" {
		properties["s3.region"] = f.s3.Region
	}
	catalog, err := iceberg.OpenCatalog(ctx, f.catalog, f.warehouse, properties)
	if err != nil {
		return nil, fmt.Errorf("open catalog: %w", err)
	}
	return iceberg.Publish(ctx, iceberg.Options{Lake: f.lake, Catalog: catalog, Namespace: f.namespace})
}

// environment begins the names of variables that are properties of the catalog.
const environment = "PCAPLAKE_CATALOG__"

// fromEnviron are the catalog's properties among variables NAME=VALUE, by PyIceberg's rule: after the beginning of the name __ is a dot, _ a hyphen and letters are small,
// so that PCAPLAKE_CATALOG__S3__ACCESS_KEY_ID is s3.access-key-id. Secrets are told in this way, not on the command line, which every user of the machine can read.
func fromEnviron(variables []string) map[string]string {
	properties := map[string]string{}
	names := strings.NewReplacer("__", ".", "_", "-")
	for _, v := range variables {
		name, value, _ := strings.Cut(v, "=")
		if name, ok := strings.CutPrefix(name, environment); ok && name != "" {
			properties[strings.ToLower(names.Replace(name))] = value
		}
	}
	return properties
}

func status(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, lake.ErrNoLake):
		return exitNoLake
	case errors.Is(err, table.ErrCommitFailed), errors.Is(err, table.ErrCommitDiverged):
		return exitBusy
	}
	return exitFailed
}
