package queries

import (
	"context"
	"errors"
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

// TestPayloadInterrupted: when a statement's context ends, so does that of the reading of captures which it waits for, and the next statement reads again.
func TestPayloadInterrupted(t *testing.T) {
	l := newTestLake(t)
	l.add("packets", "SELECT 'c' AS capture_id, 'default' AS sensor, range + 1 AS frame_no, 24 AS frame_offset, 60 AS cap_len, 6 AS payload_len, TIMESTAMP '2026-11-22' AS ts FROM range(3)")
	begun := make(chan bool, 1)
	waits := true
	s := l.session(Dataset{Payloads: func(ctx context.Context, places []schema.Place) ([][]byte, error) {
		if waits {
			begun <- true
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return make([][]byte, len(places)), ctx.Err()
	}})
	const sql = "SELECT payload(capture_id, frame_no) FROM packets"
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-begun
		stop()
	}()
	r, err := s.Query(ctx, sql, nil)
	if err == nil {
		_, err = Collect(r, 0)
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	waits = false
	if got, err := tryCollect(s, sql); err != nil || len(got.Rows) != 3 {
		t.Errorf("after that: %v", err)
	}
}
