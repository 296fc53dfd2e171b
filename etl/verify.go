package etl

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// VerifyOptions are the knobs of Verify. Lake is required.
type VerifyOptions struct {
	Lake     string
	Jobs     int            // files read at once; 0 means one per CPU
	Repair   bool           // make lost and damaged files again from their captures, where those are still there
	Progress func(Progress) // as that of Options
}

// Verification is what Verify found.
type Verification struct {
	Captures int            // live
	Files    int            // live
	Bytes    int64          // of live files, as the manifests say
	Findings []lake.Finding // by object
	Broken   int            // findings of severity error
	Repaired int            // files that were made again
	Deleted  int            // files that no manifest named
	Free     int64          // bytes left on the lake's disk; -1: not known
}

// Verify holds every live file of a lake against its manifest, every manifest against itself, and all names against the manifests. Memory
// does not grow with the size of files. With Repair it writes files that were lost or damaged, byte for byte as they were, and deletes those
// that no manifest has named for a day, and does nothing else: manifests are never made up. The errors are those of opening the lake, of its store as a whole, and of ctx.
func Verify(ctx context.Context, o VerifyOptions) (Verification, error) {
	l, err := lake.Open(ctx, o.Lake)
	if err != nil {
		return Verification{}, err
	}
	audit, err := l.Audit(ctx)
	if err != nil {
		return Verification{}, err
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	v := Verification{Captures: len(audit.Captures), Files: len(audit.Files), Findings: audit.Findings}
	for _, f := range audit.Files {
		v.Bytes += f.Bytes
	}
	found, err := checkFiles(ctx, l, audit.Files, o)
	if err != nil {
		return v, err
	}
	if o.Repair {
		if v.Repaired, err = repair(ctx, l, audit.Files, found); err != nil {
			return v, err
		}
		if v.Deleted, err = deleteUnnamed(ctx, l, audit.Findings); err != nil {
			return v, err
		}
	}
	if v.Free, err = lake.Free(l.Root()); err != nil {
		v.Free = -1
	}
	for _, findings := range found {
		v.Findings = append(v.Findings, findings...)
	}
	lake.SortFindings(v.Findings)
	for _, f := range v.Findings {
		if f.Severity == lake.Broken {
			v.Broken++
		}
	}
	return v, nil
}

// deleteUnnamed deletes the files that no manifest has named for a day, unless something is wrong with the manifests, and says so in the findings.
func deleteUnnamed(ctx context.Context, l *lake.Lake, findings []lake.Finding) (deleted int, err error) {
	unnamed := map[string]int{} // places of findings
	for i, f := range findings {
		if f.Severity == lake.Broken {
			return 0, nil
		}
		if f.Problem == lake.Unnamed {
			unnamed[f.Object] = i
		}
	}
	if len(unnamed) == 0 {
		return 0, nil
	}
	d, err := l.Disk(ctx)
	if err != nil {
		return 0, disk(err)
	}
	due := slices.DeleteFunc(d.Leftovers, func(f lake.Leftover) bool {
		_, found := unnamed[f.Name]
		return !found || f.Change > 0 || !f.Due(time.Now(), 0)
	})
	err = l.Sweep(ctx, due, func(f lake.Leftover) {
		findings[unnamed[f.Name]].Remedy = "deleted"
		deleted++
	})
	return deleted, disk(err)
}

// checkFiles reads all files, several at once, and returns the findings on each.
func checkFiles(ctx context.Context, l *lake.Lake, files []lake.LiveFile, o VerifyOptions) ([][]lake.Finding, error) {
	var bytes int64
	for _, f := range files {
		bytes += f.Bytes
	}
	meter := newMeter(o.Progress, len(files), bytes)
	defer meter.close()
	found := make([][]lake.Finding, len(files))
	queue := make(chan int)
	var checkers sync.WaitGroup
	for range min(o.Jobs, len(files)) {
		checkers.Go(func() {
			for i := range queue {
				meter.current.Store(&files[i].Name)
				found[i] = l.CheckFile(ctx, files[i], func(n int) { meter.read.Add(int64(n)) })
				meter.done.Add(1)
			}
		})
	}
	for i := range files {
		queue <- i
	}
	close(queue)
	checkers.Wait()
	return found, ctx.Err()
}

// ExitStatus returns the process exit status that the findings call for: 0 sound, 1 damaged, 74 something could not be read.
func (v *Verification) ExitStatus() int {
	for _, f := range v.Findings {
		if f.Err != nil {
			return exitIO
		}
	}
	if v.Broken > 0 {
		return exitFailed
	}
	return exitDone
}
