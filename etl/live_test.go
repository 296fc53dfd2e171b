package etl

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
)

// TestLive captures datagrams that it sends over the loopback interface.
func TestLive(t *testing.T) {
	conn, err := net.Dial("udp", "127.0.0.1:9")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, cancel := context.WithCancel(t.Context())
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for ctx.Err() == nil {
			_, _ = conn.Write([]byte("live")) // refused by whoever does not listen, seen all the same
			time.Sleep(5 * time.Millisecond)
		}
	}()
	defer func() { cancel(); <-sent }()

	root := filepath.Join(t.TempDir(), "lake")
	s, err := Ingest(ctx, Options{Lake: root, Live: &capture.LiveOptions{Interface: "lo", Count: 20, Duration: 10 * time.Second}})
	if errors.Is(err, capture.ErrPrivilege) {
		t.Skipf("%v: not tested", err)
	}
	if err != nil || s.Committed != 1 || s.Packets != 20 {
		t.Fatalf("%v, %+v", err, s)
	}
	kept, err := os.ReadDir(filepath.Join(root, "_live"))
	if err != nil || len(kept) != 1 || !strings.HasPrefix(kept[0].Name(), "live-lo-2") || !strings.HasSuffix(kept[0].Name(), ".pcapng") {
		t.Errorf("kept: %v %v", kept, err)
	}
	if m := state(t, root).Manifests(); m[0].Source != "_live/"+kept[0].Name() {
		t.Errorf("source %s", m[0].Source)
	}
}
