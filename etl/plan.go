package etl

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/zeebo/blake3"
)

// A Plan says which captures of an archive are to be ingested, in shards that may be done anywhere, at once, twice, or after one that died. It never changes, and
// goes by the hash of its header, which has the hashes of all else.
//
// As text it is one line of JSON for the header, then one for each shard: whoever does a shard reads the header and its own line.
type Plan struct {
	ID     string // 64 hex digits: BLAKE3 of the header's line
	Header PlanHeader

	text io.ReaderAt
	end  int64 // of the header's line
	done func()
}

// PlanHeader is what holds for all shards.
type PlanHeader struct {
	Format  int               `json:"plan"`             // 1
	Sensor  string            `json:"sensor"`           // of all captures
	Options map[string]string `json:"options"`          // by which they are read, as in manifests
	SHA256  bool              `json:"sha256,omitempty"` // of their stored bytes is recorded
	Shards  []PlannedShard    `json:"shards"`
}

// PlannedShard is a shard as the header has it.
type PlannedShard struct {
	Captures int    `json:"captures"`
	Bytes    int64  `json:"bytes"`  // of these, as stored
	At       int64  `json:"at"`     // of its line, behind that of the header
	Length   int64  `json:"length"` // of its line
	BLAKE3   string `json:"blake3"` // of its line
}

// PlannedCapture is one source of a shard.
type PlannedCapture struct {
	Source string `json:"source"`         // as it is recorded
	Path   string `json:"path,omitempty"` // where it is, if that is not the same
	Named  bool   `json:"named,omitempty"`
	Order  int    `json:"order"` // among all of the plan
	Bytes  int64  `json:"bytes"`
}

// planFormat is the version of the text that this package writes; it reads no other.
const planFormat = 1

// maxHeader bounds a header's line.
const maxHeader = 64 << 20

// errPlan says that a text is no plan.
var errPlan = errors.New("it is no plan of pcaplake, or damaged")

// pack puts captures into so many shards that none of them has fewer bytes than target but for want of captures, and at most so many: the largest
// first, each to the shard with the fewest bytes.
func pack(captures []PlannedCapture, shards int, target int64) [][]PlannedCapture {
	total := int64(0)
	for _, c := range captures {
		total += c.Bytes
	}
	n := int(min(int64(shards), max(1, (total+target-1)/target), int64(len(captures))))
	if n == 0 {
		return nil
	}
	largest := slices.SortedStableFunc(slices.Values(captures), func(a, b PlannedCapture) int { return cmp.Compare(b.Bytes, a.Bytes) })
	loads := make(loads, n)
	for i := range loads {
		loads[i].shard = i
	}
	packed := make([][]PlannedCapture, n)
	for _, c := range largest {
		packed[loads[0].shard] = append(packed[loads[0].shard], c)
		loads[0].bytes += c.Bytes
		loads[0].captures++
		heap.Fix(&loads, 0)
	}
	for _, shard := range packed {
		slices.SortFunc(shard, func(a, b PlannedCapture) int { return cmp.Compare(a.Order, b.Order) })
	}
	return packed
}

// loads are shards, that with the fewest bytes first; a heap.
type loads []struct {
	bytes           int64
	captures, shard int
}

func (l loads) Len() int      { return len(l) }
func (l loads) Swap(i, j int) { l[i], l[j] = l[j], l[i] }
func (l loads) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(l[i].bytes, l[j].bytes), cmp.Compare(l[i].captures, l[j].captures), cmp.Compare(l[i].shard, l[j].shard)) < 0
}

// Push and Pop are of heap.Interface; the number of shards stays.
func (l loads) Push(any) {}

// Pop is not used.
func (l loads) Pop() any { return nil }

// encode returns a plan as text.
func (h PlanHeader) encode(shards [][]PlannedCapture) (id string, text []byte, err error) {
	var body bytes.Buffer
	h.Format, h.Shards = planFormat, []PlannedShard{}
	for _, captures := range shards {
		line, err := json.Marshal(captures)
		if err != nil {
			return "", nil, fmt.Errorf("write plan: %w", err)
		}
		line = append(line, '\n')
		s := PlannedShard{Captures: len(captures), At: int64(body.Len()), Length: int64(len(line)), BLAKE3: hashOf(line)}
		for _, c := range captures {
			s.Bytes += c.Bytes
		}
		h.Shards = append(h.Shards, s)
		_, _ = body.Write(line)
	}
	head, err := json.Marshal(h)
	if err != nil {
		return "", nil, fmt.Errorf("write plan: %w", err)
	}
	head = append(head, '\n')
	return hashOf(head), append(head, body.Bytes()...), nil
}

func hashOf(text []byte) string {
	sum := blake3.Sum256(text)
	return hex.EncodeToString(sum[:])
}

var planID = regexp.MustCompile(`^[0-9a-f]{64}$`)

// OpenPlan opens a plan: one that the lake keeps by its id, or else a file or an object by its path or URL. The caller closes it.
func OpenPlan(ctx context.Context, lakeRoot, told string) (*Plan, error) {
	in, err := openPlanText(ctx, lakeRoot, told)
	if err != nil {
		return nil, fmt.Errorf("open plan %s: %w", told, err)
	}
	p := &Plan{text: in, done: func() { _ = in.Close() }}
	line, err := bufio.NewReader(io.NewSectionReader(in, 0, maxHeader)).ReadBytes('\n')
	if err == nil {
		p.ID, p.end = hashOf(line), int64(len(line))
		err = json.Unmarshal(line, &p.Header)
	}
	if err != nil || p.Header.Format != planFormat || planID.MatchString(told) && p.ID != told {
		p.Close()
		return nil, fmt.Errorf("open plan %s: %w", told, errPlan)
	}
	return p, nil
}

func openPlanText(ctx context.Context, lakeRoot, told string) (lake.Content, error) {
	switch {
	case planID.MatchString(told):
		l, err := lake.Open(ctx, lakeRoot)
		if err != nil {
			return nil, err
		}
		return l.OpenPlan(told + ".json")
	case lake.IsURL(told):
		remote, err := lake.RemoteOf(ctx, told)
		if err != nil {
			return nil, err
		}
		in, _, err := remote.Open(ctx, told)
		return in, err
	}
	f, err := os.Open(told)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Close lets go of the text.
func (p *Plan) Close() { p.done() }

// shard returns the captures of a shard; none beyond the last.
func (p *Plan) shard(i int) ([]PlannedCapture, error) {
	if i < 0 || i >= len(p.Header.Shards) {
		return nil, nil
	}
	s := p.Header.Shards[i]
	if s.Length < 0 || s.Length > 1<<32 || s.At < 0 {
		return nil, fmt.Errorf("read shard %d: %w", i, errPlan)
	}
	line := make([]byte, s.Length)
	if n, err := p.text.ReadAt(line, p.end+s.At); err != nil && (err != io.EOF || n < len(line)) {
		return nil, fmt.Errorf("read shard %d: %w", i, err)
	}
	var captures []PlannedCapture
	if hashOf(line) != s.BLAKE3 || json.Unmarshal(line, &captures) != nil {
		return nil, fmt.Errorf("read shard %d: %w", i, errPlan)
	}
	return captures, nil
}

// apply takes the plan's options over those that were told.
func (p *Plan) apply(o *Options) error {
	of, err := optionsOf(&lake.Manifest{
		Sensor: p.Header.Sensor, Options: p.Header.Options, OptionsID: lake.OptionsID(p.Header.Options, p.Header.Sensor),
	})
	if err != nil {
		return fmt.Errorf("%w: plan %s: %w", ErrUsage, p.ID, err)
	}
	o.Sensor, o.Payload, o.FlowIdle, o.FlowActive = of.Sensor, of.Payload, of.FlowIdle, of.FlowActive
	o.FlowMax, o.FlowIgnoreVLAN, o.SHA256, o.Settle = of.FlowMax, of.FlowIgnoreVLAN, p.Header.SHA256, 0
	return nil
}

// planned lists planned captures as sources. One that is not there is told as such.
func (o *Options) planned(captures []PlannedCapture) *finder {
	f := newFinder(o.Lake)
	for _, c := range captures {
		path := cmp.Or(c.Path, c.Source)
		s := &source{name: c.Source, path: path, within: filepath.Base(c.Source), named: c.Named, size: c.Bytes, planned: &c}
		if !lake.IsURL(path) {
			info, err := os.Stat(path)
			if err == nil && !info.Mode().IsRegular() {
				err = &fs.PathError{Op: "open", Path: path, Err: fs.ErrInvalid}
			}
			if err != nil {
				f.fail(c.Source, err)
				continue
			}
			s.size, s.mtime = info.Size(), info.ModTime()
		}
		f.add(s)
	}
	return f
}
