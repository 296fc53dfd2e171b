package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/pcaplake/pcaplake/etl"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/queries"
	"github.com/pcaplake/pcaplake/queries/classify"
	"github.com/pcaplake/pcaplake/reports"
)

// latestPage is the name of the last night's page.
const latestPage = "latest.html"

// doReport writes the page of the night, unless it is there and nothing was committed since. The page's file has the time at which the lake was read for
// it, so that a run after one that failed in between makes it again.
func (n *night) doReport(ctx context.Context) outcome {
	switch {
	case n.reportDir == "":
		return outcome{status: statusSkipped, reason: "no --report-dir was told"}
	case n.sum.DryRun:
		return outcome{status: statusSkipped, reason: "nothing is written in a dry run"}
	}
	read := time.Now()
	d := n.data
	l, state, err := loadLake(ctx, n.ingest.Lake, &d)
	if err != nil {
		return failed(err, nil)
	}
	r := &reported{Page: filepath.Join(n.reportDir, n.sum.Night+".html")}
	if d.From, d.To, err = n.period(ctx, l, state); err != nil {
		return failed(err, nil)
	}
	if d.To.IsZero() {
		return outcome{status: statusSkipped, reason: "nothing was committed"}
	}
	r.From, r.To = d.From.Format(time.RFC3339Nano), d.To.Format(time.RFC3339Nano)
	if current, err := n.current(ctx, l, r.Page); err != nil {
		return failed(err, nil)
	} else if current {
		return outcome{status: statusSkipped, reason: "nothing was committed since the page was written"}
	}
	if err := n.write(ctx, d, n.verdictsOf(state, d.From, d.To), r, read); err != nil {
		return failed(err, r)
	}
	return outcome{status: etl.StatusOK, details: r}
}

// period is the time that the page covers: what was committed since midnight, or that of --from and --to where the lake has some of it. No end means that
// there is nothing to show.
func (n *night) period(ctx context.Context, l *lake.Lake, state *lake.State) (from, to time.Time, err error) {
	asked := &n.ingest
	bounded := !asked.From.IsZero() || !asked.To.IsZero()
	var young map[string]bool
	if !bounded {
		if young, err = l.CommittedSince(ctx, n.began.UTC().Truncate(24*time.Hour)); err != nil {
			return from, to, err
		}
	}
	for _, m := range state.Manifests() {
		if m.FirstTS == nil || !bounded && !young[m.ContentHash] {
			continue
		}
		first, end := time.UnixMicro(*m.FirstTS).UTC(), time.UnixMicro(*m.LastTS+1).UTC()
		if bounded {
			if first.Before(asked.From) {
				first = asked.From
			}
			if !asked.To.IsZero() && end.After(asked.To) {
				end = asked.To
			}
			if !first.Before(end) {
				continue
			}
		}
		if to.IsZero() || first.Before(from) {
			from = first
		}
		if end.After(to) {
			to = end
		}
	}
	return from, to, nil
}

// current reports whether a page is there that shows all that is committed.
func (n *night) current(ctx context.Context, l *lake.Lake, page string) (bool, error) {
	info, err := os.Stat(page)
	if err != nil || info.ModTime().After(n.began) {
		return false, nil // the writing of it will tell what is wrong; or the clock went back
	}
	since, err := l.CommittedSince(ctx, info.ModTime())
	return err == nil && len(since) == 0, err
}

// write makes the page and the files beside it; the page of the last night is the same under another name. The verdicts are those of the period, nil where they are
// to be told.
func (n *night) write(ctx context.Context, d queries.Dataset, verdicts []classify.Verdict, r *reported, read time.Time) error {
	session, err := queries.Open(ctx, d)
	if err != nil {
		return err
	}
	defer session.Close()
	command := commandLine()
	if n.anonymized() != "" {
		command = "pcaplake run" // its flags name the sources
	}
	previous, err := n.previous()
	if err != nil {
		return err
	}
	judged := judgingOptions{Options: classify.Options{Allowlist: n.allowed}}
	defer judged.close()
	if verdicts == nil {
		if err := judged.past(ctx, n.ingest.Lake, &d); err != nil {
			return err
		}
	}
	made, err := reports.Build(ctx, session, reports.Options{
		Title: "Night of " + n.sum.Night, Command: command, ToolVersion: version, Generated: n.began, Previous: previous,
		Judging: judged.Options, Verdicts: verdicts, Anonymized: n.anonymized(),
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(n.reportDir, 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	look, latest := reports.Look{Tables: filepath.Base(tablesOf(r.Page))}, filepath.Join(n.reportDir, latestPage)
	if err := writeWhole(latest, func(out io.Writer) error { return made.HTML(out, look) }); err != nil {
		return err
	}
	if err := writeData(r.Page, made, made.JSON); err != nil {
		return err
	}
	if err := n.index(look); err != nil {
		return err
	}
	if err := copyWhole(r.Page, latest); err != nil { // last: where it is, the others are
		return err
	}
	r.Highlights = made.Highlights
	if err := os.Chtimes(r.Page, read, read); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// anonymized is the fingerprint of the key that the lake is anonymised with; "" where it is not.
func (n *night) anonymized() string {
	if n.ingest.Anonymize == nil {
		return ""
	}
	return n.ingest.Anonymize.Fingerprint()
}

// copyWhole replaces a file by the content of another.
func copyWhole(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	defer in.Close()
	return writeWhole(to, func(out io.Writer) error {
		_, err := io.Copy(out, in)
		return err
	})
}

// nightData matches the data of a night's report.
var nightData = regexp.MustCompile(`^\d{4}-\d\d-\d\d\.json$`)

// nights are the names of the data of all reports in the folder, in their order.
func (n *night) nights() ([]string, error) {
	entries, err := os.ReadDir(n.reportDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list reports: %w", err)
	}
	var out []string
	for _, e := range entries {
		if nightData.MatchString(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// previous is the report of the night before, the last one that this program can read and that has the same pseudonyms or none; nil when there is none.
func (n *night) previous() (*reports.Report, error) {
	names, err := n.nights()
	if err != nil {
		return nil, err
	}
	for i := len(names) - 1; i >= 0; i-- {
		if names[i] >= n.sum.Night+".json" {
			continue
		}
		if r, err := readReport(filepath.Join(n.reportDir, names[i])); err == nil && r.Anonymized == n.anonymized() {
			return r, nil
		}
	}
	return nil, nil
}

// indexPage is the name of the page over all nights.
const indexPage = "index.html"

// index writes the page over all nights; reports of before that have no summary are left out.
func (n *night) index(look reports.Look) error {
	names, err := n.nights()
	if err != nil {
		return err
	}
	var all []reports.Night
	for _, name := range names {
		f, err := os.Open(filepath.Join(n.reportDir, name))
		if err != nil {
			return fmt.Errorf("read report: %w", err)
		}
		title, summary, err := reports.ReadSummary(f)
		f.Close()
		if err == nil {
			day := strings.TrimSuffix(name, ".json")
			all = append(all, reports.Night{Name: day, Page: day + ".html", Title: title, Summary: summary})
		}
	}
	return writeWhole(filepath.Join(n.reportDir, indexPage), func(out io.Writer) error { return reports.Index(out, all, look) })
}
