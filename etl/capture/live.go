package capture

import (
	"errors"
	"time"
)

// LiveOptions say what to capture and when to stop; the first of the limits that is reached ends the capture, 0 is no limit.
type LiveOptions struct {
	Interface string
	Count     int64
	Duration  time.Duration
	SnapLen   int // bytes kept of a frame; 0: all
}

// LiveStats are what a live capture came to.
type LiveStats struct {
	Frames      int64
	Dropped     int64 // lost because the kernel's buffer was full
	First, Last time.Time
}

// Errors of a live capture.
var (
	// ErrPrivilege is the error of a process that may not capture.
	ErrPrivilege = errors.New("capturing needs the capability CAP_NET_RAW: run as root, or once: setcap cap_net_raw+ep on the program")
	// ErrNoLive is the error on systems other than Linux.
	ErrNoLive = errors.New("live capture is only there on Linux: capture with another tool and ingest the file")
	// ErrNoInterface is the error of an interface that does not exist.
	ErrNoInterface = errors.New("no such interface")
)
