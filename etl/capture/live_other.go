//go:build !linux

package capture

import (
	"context"
	"io"
)

// Live reports ErrNoLive.
func Live(context.Context, io.Writer, LiveOptions) (LiveStats, error) { return LiveStats{}, ErrNoLive }
