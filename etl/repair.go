package etl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/pcaplake/pcaplake/etl/lake"
)

// repair makes the files again that are lost or damaged: their capture is read once more into staging, which gives the same bytes under
// the same names, and these are published over what is there. A finding says what became of it. It returns how many files came back.
func repair(ctx context.Context, l *lake.Lake, files []lake.LiveFile, found [][]lake.Finding) (int, error) {
	broken := map[*lake.Manifest][]int{} // files by capture
	for i, findings := range found {
		if len(findings) > 0 && files[i].Capture != nil {
			broken[files[i].Capture] = append(broken[files[i].Capture], i)
		}
	}
	if len(broken) == 0 {
		return 0, nil
	}
	staging, err := l.Stage(newRunName(time.Now()))
	if err != nil {
		return 0, disk(err)
	}
	from := newOriginals(l, nil)
	repaired := 0
	for _, m := range slices.SortedFunc(maps.Keys(broken), func(a, b *lake.Manifest) int { return cmp.Compare(a.ContentHash, b.ContentHash) }) {
		r := &restorer{originals: from, staging: staging, manifest: m}
		source, err := r.restore(ctx, files, broken[m])
		if ctx.Err() != nil || errors.As(err, new(*IOError)) {
			return repaired, errors.Join(err, staging.Discard())
		}
		for _, i := range broken[m] {
			if err != nil {
				found[i][0].Remedy = fmt.Sprintf("restore it from a backup: it cannot be made again: %s", reason(err))
				continue
			}
			found[i] = []lake.Finding{{Severity: lake.Info, Object: files[i].Name, Problem: found[i][0].Problem, Remedy: "made again from " + source}}
			repaired++
		}
	}
	return repaired, disk(staging.Discard())
}

// A restorer makes files of one capture again.
type restorer struct {
	*originals
	staging  *lake.Staging
	manifest *lake.Manifest
}

// restore publishes anew those of the files whose places are told, and says from which source they came.
func (r *restorer) restore(ctx context.Context, files []lake.LiveFile, places []int) (string, error) {
	o, err := optionsOf(r.manifest)
	if err != nil {
		return "", err
	}
	source, made, err := r.read(ctx, o)
	if err != nil {
		return "", err
	}
	var lost []lake.File
	for _, i := range places {
		at := slices.IndexFunc(made, func(f lake.File) bool { return f.Name == files[i].Name && f.BLAKE3 == files[i].BLAKE3 })
		if at < 0 {
			return "", fmt.Errorf("reading %s again gives other bytes", source)
		}
		lost = append(lost, made[at])
	}
	return source, disk(r.lake.Publish(r.staging, lost))
}

// read reads the capture into staging, from the first place where its content is found.
func (r *restorer) read(ctx context.Context, o Options) (source string, made []lake.File, err error) {
	err = fmt.Errorf("its capture %s is no longer there", r.manifest.Source)
	for _, path := range r.places(r.manifest) {
		made, failed := r.readFrom(ctx, o, path)
		switch {
		case failed == nil:
			return path, made, nil
		case ctx.Err() != nil || errors.As(failed, new(*IOError)):
			return "", nil, failed
		case !errors.Is(failed, os.ErrNotExist):
			err = fmt.Errorf("%s: %s", path, reason(failed))
		}
	}
	return "", nil, err
}

// readFrom reads a source as the capture was read, and refuses one of other content.
func (r *restorer) readFrom(ctx context.Context, o Options, path string) ([]lake.File, error) {
	stored, err := r.at(ctx, r.manifest, path)
	if err != nil {
		return nil, err
	}
	defer stored.done()
	if _, err := o.normalise(); err != nil {
		return nil, err
	}
	run := &run{o: o, lake: r.lake, staging: r.staging, optionsID: r.manifest.OptionsID, meter: new(meter)}
	l := &load{
		worker: newWorker(run), source: &source{name: path, path: path, size: stored.Size()}, id: r.manifest.CaptureID,
		stored: stored.SectionReader,
	}
	done, err := l.decode(ctx)
	if err != nil {
		return nil, err
	}
	if done.content != r.manifest.ContentHash {
		return nil, errOtherContent
	}
	return done.manifest.Adds, nil
}

var errOtherContent = errors.New("it has other content by now")
