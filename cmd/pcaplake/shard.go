package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/urfave/cli/v2"
)

// shardVariables say to a task which of many it is, from 0. Others than these are told by --shard.
var shardVariables = []string{
	"JOB_COMPLETION_INDEX",      // Kubernetes, Job with completionMode Indexed
	"SLURM_ARRAY_TASK_ID",       // Slurm, sbatch --array=0-N
	"AWS_BATCH_JOB_ARRAY_INDEX", // AWS Batch, array job
	"CLOUD_RUN_TASK_INDEX",      // Google Cloud Run job
}

// ingestShards ingests the shard of a plan that this task is for, or those whose numbers come as lines on standard input.
func ingestShards(c *cli.Context, s streams) error {
	for _, name := range plannedOptions {
		if c.IsSet(name) {
			return usage(fmt.Errorf("--%s: the plan says how captures are read", name))
		}
	}
	if c.NArg() > 0 {
		return usage(fmt.Errorf("%q: the plan says what is read", c.Args().Slice()))
	}
	o, err := readingOptions(c, s)
	if err != nil {
		return err
	}
	if o.Plan, err = etl.OpenPlan(c.Context, c.String("lake"), c.String("plan")); err != nil {
		return err
	}
	defer o.Plan.Close()
	told, err := shardTold(c.String("shard"))
	if err != nil {
		return err
	}
	if told != "-" {
		return ingestShard(c, s, o, told)
	}
	// Spark's RDD.pipe writes the elements of a partition as lines, and takes what is printed for its own.
	lines, worst := bufio.NewScanner(s.in), error(nil)
	for lines.Scan() && c.Context.Err() == nil {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			err := ingestShard(c, s, o, line)
			if status := new(statusError); errors.As(err, &status) && status.status == exitUsage {
				return err
			}
			if err != nil { // the others can be done all the same
				worst = errors.Join(worst, err)
			}
		}
	}
	return errors.Join(worst, lines.Err())
}

// shardTold is the number that --shard or the engine's environment says.
func shardTold(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	for _, name := range shardVariables {
		if v := os.Getenv(name); v != "" {
			return v, nil
		}
	}
	return "", usage(fmt.Errorf("which shard? --shard, or one of %s says so", strings.Join(shardVariables, ", ")))
}

func ingestShard(c *cli.Context, s streams, o etl.Options, told string) error {
	var err error
	if o.Shard, err = strconv.Atoi(told); err != nil || o.Shard < 0 {
		return usage(fmt.Errorf("shard %q: a number from 0", told))
	}
	return ingestTold(c, s, o)
}
