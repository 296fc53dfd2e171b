package lake

import "context"

// CheckpointAfter writes a checkpoint if more than a number of captures stand outside the last one.
func (l *Lake) CheckpointAfter(ctx context.Context, captures int) (bool, error) {
	return l.checkpoint(ctx, captures)
}

// CommitAll and CaptureOf are for tests outside the package.
var (
	CommitAll = commitAll
	CaptureOf = captureOf
	Merge     = merge
)
