// Package etl turns captures into a lake of Parquet files, each capture exactly once and whole or not at all.
//
// A source is found (sources.go), told apart from what the lake has (claims.go, index.go), read and decoded into files aside (load.go,
// resolve.go, parts.go, sink.go) and committed in groups (committer.go), or by
// itself in the place of others (supersede.go). What a run did is its Summary. The same captures and options give the same bytes,
// manifests included, however many jobs there are.
package etl

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strconv"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/flow"
	"github.com/pcaplake/pcaplake/etl/lake"
	"github.com/pcaplake/pcaplake/etl/pseudonym"
)

// Options are the knobs of Ingest. Lake and Sources (or Live) are required; the zero value of the others is ready to use.
type Options struct {
	Lake    string   // the lake's folder or URL, created when absent
	Sources []string // files, folders, glob patterns, URLs, or "-" for Stdin
	Stdin   io.Reader
	Live    *capture.LiveOptions // capture from an interface first, then ingest that as one more source
	Plan    *Plan                // ingest a shard of this instead, by the plan's own options; what it leaves out is Publish's
	Shard   int                  // of Plan, from 0; beyond the last there is nothing to do

	Sensor         string         // partition of the rows; "" means "default"
	Jobs           int            // captures read at once, and columns of each encoded at once; 0 means one per CPU
	Payload        int            // bytes of payload kept per packet: 0 none, -1 all
	FlowIdle       time.Duration  // a flow ends when it is silent for longer; 0 means 120 s, at most a year
	FlowActive     time.Duration  // and when it lasts longer; 0 means 30 min, at most a year
	FlowIgnoreVLAN bool           // VLANs are no part of the key of flows
	FlowMax        int            // flows open at a time in one capture; 0 means 131,072
	Anonymize      *pseudonym.Key // addresses, names and texts become pseudonyms under it, in a lake of their own; nil: they don't

	Settle   time.Duration // files modified more recently are left for later
	From, To time.Time     // only captures whose first packet is at From or later and before To; zero: unbounded
	FileTime bool          // of From and To: by when files were modified, instead of their first packets
	Until    time.Time     // no file is taken at this time or later; zero: unbounded
	After    string        // what becomes of a source once its rows are durable: "keep" (or ""), "delete" or "move=DIR"
	SHA256   bool          // record SHA-256 of the stored bytes beside BLAKE3 of the content
	Replace  bool          // a file named in Sources comes in the place of what was read from its path before, and of its content read with other options
	DryRun   bool          // say what would be done and write nothing
	Explicit bool          // sensor, payload or flows were told by hand: a file named in Sources that is committed with others is ErrConflict

	captures []PlannedCapture // of Publish: ingest these instead

	ToolVersion string
	Progress    func(Progress)       // called a few times a second and once at the end, never by two goroutines at once; nil: not at all
	Committed   func(*lake.Manifest) // is told each capture that is in the lake from now on, one at a time; nil: is not
	Log         *slog.Logger         // nil: silent
}

// Progress is how far a run has come.
type Progress struct {
	Captures, CapturesDone int           // sources found, and those with a verdict; of Verify: files
	Bytes, BytesDone       int64         // stored, as the files lie on disk
	Packets                int64         // decoded so far
	Current                string        // a source being read
	Elapsed                time.Duration // since the run began
}

// normalise fills in defaults and refuses what cannot be meant.
func (o *Options) normalise() (after, error) {
	if o.Sensor == "" {
		o.Sensor = "default"
	}
	if o.Jobs <= 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Committed == nil {
		o.Committed = func(*lake.Manifest) {}
	}
	if err := errors.Join(o.normaliseFlows(), o.checkAnonymize()); err != nil {
		return after{}, err
	}
	if o.Payload < -1 {
		return after{}, fmt.Errorf("%w: payload %d: a number of bytes per packet, or -1 for all", ErrUsage, o.Payload)
	}
	if _, err := lake.SafeName(o.Sensor); err != nil {
		return after{}, fmt.Errorf("%w: sensor %q: %w", ErrUsage, o.Sensor, err)
	}
	return parseAfter(o.After)
}

// normaliseFlows does so for the options of flows.
func (o *Options) normaliseFlows() error {
	const year = 366 * 24 * time.Hour
	o.FlowIdle, o.FlowActive = cmp.Or(o.FlowIdle, flow.DefaultIdle*time.Microsecond), cmp.Or(o.FlowActive, flow.DefaultActive*time.Microsecond)
	o.FlowMax = cmp.Or(o.FlowMax, flow.DefaultOpen)
	if o.FlowIdle < time.Microsecond || o.FlowActive < time.Microsecond || o.FlowIdle > year || o.FlowActive > year {
		return fmt.Errorf("%w: timeouts of flows %s and %s: a microsecond to a year", ErrUsage, o.FlowIdle, o.FlowActive)
	}
	if o.FlowMax < 2 || o.FlowMax > 1<<26 {
		return fmt.Errorf("%w: %d flows: 2 to 67,108,864", ErrUsage, o.FlowMax)
	}
	return nil
}

// fingerprinted are the options that change what rows a capture gives, as they stand in its manifest.
func (o *Options) fingerprinted() map[string]string {
	payload := strconv.Itoa(o.Payload)
	if o.Payload < 0 {
		payload = "all"
	}
	vlan := "on"
	if o.FlowIgnoreVLAN {
		vlan = "off"
	}
	told := map[string]string{
		"payload": payload, "flow_idle": o.FlowIdle.String(), "flow_active": o.FlowActive.String(), "flow_vlan": vlan, "flow_max": strconv.Itoa(o.FlowMax),
	}
	if o.Anonymize != nil {
		told[anonymizeOption] = o.anonymized()
	}
	return told
}

// optionsOf are the options that a capture was read with, by its manifest: the reverse of fingerprinted. It fails where this version
// would read the capture otherwise.
func optionsOf(m *lake.Manifest) (Options, error) {
	o := Options{Sensor: m.Sensor, Payload: -1, FlowIgnoreVLAN: m.Options["flow_vlan"] == "off"}
	if m.Options[anonymizeOption] != "" {
		return o, errors.New("its rows are pseudonyms, and its capture goes by another name")
	}
	var bad [3]error
	o.FlowIdle, bad[0] = time.ParseDuration(m.Options["flow_idle"])
	o.FlowActive, bad[1] = time.ParseDuration(m.Options["flow_active"])
	o.FlowMax, bad[2] = strconv.Atoi(m.Options["flow_max"])
	if err := errors.Join(bad[:]...); err != nil {
		return o, fmt.Errorf("its options of flows: %w", err)
	}
	if payload := m.Options["payload"]; payload != "all" {
		n, err := strconv.Atoi(payload)
		if err != nil {
			return o, fmt.Errorf("its payload option is %q", payload)
		}
		o.Payload = n
	}
	if lake.OptionsID(o.fingerprinted(), o.Sensor) != m.OptionsID {
		return o, fmt.Errorf("it was read with options or by a version (%s) that this one does not have", m.ToolVersion)
	}
	return o, nil
}
