package capture_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/internal/shared"
	"golang.org/x/sys/unix"
)

// inNamespace runs f on a thread in a network namespace of its own, which has a pair of interfaces, tap0 and tap1.
func inNamespace(t *testing.T, f func()) {
	t.Helper()
	ip := shared.Tool(t, "ip")
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("not root, which CI=true does not allow")
		}
		t.Skip("not root: no network namespace to capture in")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread, and with it the namespace, ends with this goroutine
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			t.Errorf("make network namespace: %v", err)
			return
		}
		for _, args := range [][]string{
			{"link", "add", "tap0", "address", "02:00:00:00:00:0a", "type", "veth", "peer", "name", "tap1", "address", "02:00:00:00:00:0b"},
			{"link", "set", "tap0", "up"},
			{"link", "set", "tap1", "up"},
		} {
			if out, err := exec.Command(ip, args...).CombinedOutput(); err != nil {
				t.Errorf("ip %v: %v: %s", args, err, out)
				return
			}
		}
		f()
	}()
	<-done
}

// sendFrames puts frames onto an interface, from a socket that is opened before it returns, so that it lies in the caller's namespace.
func sendFrames(t *testing.T, name string, frames [][]byte) {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	if err != nil {
		t.Error(err)
		return
	}
	index, err := interfaceIndex(fd, name)
	if err != nil {
		t.Error(err)
		return
	}
	go func() {
		defer unix.Close(fd)
		time.Sleep(300 * time.Millisecond) // until the capture has begun
		for _, f := range frames {
			if err := unix.Sendto(fd, f, 0, &unix.SockaddrLinklayer{Ifindex: index}); err != nil {
				t.Error(err)
				return
			}
		}
	}()
}

func interfaceIndex(fd int, name string) (int, error) {
	request, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, request)
	return int(request.Uint32()), err
}

// TestLive captures frames that were sent with and without VLAN tags, one and two deep, on both ends of a pair.
func TestLive(t *testing.T) {
	head := []byte{0x02, 0, 0, 0, 0, 0x0b, 0x02, 0, 0, 0, 0, 0x0a}
	frame := func(n byte, rest ...byte) []byte {
		f := append(append([]byte(nil), head...), rest...)
		return append(f, bytes.Repeat([]byte{n}, 60)...)
	}
	sent := [][]byte{
		frame(1, 0x88, 0xb5),
		frame(2, 0x81, 0x00, 0x00, 0x64, 0x88, 0xb5),
		frame(3, 0x88, 0xa8, 0x00, 0x07, 0x81, 0x00, 0x00, 0x64, 0x88, 0xb5),
	}
	for _, c := range []struct {
		listen string
		dir    capture.Direction
	}{{"tap1", capture.DirIn}, {"tap0", capture.DirOut}} {
		t.Run(c.listen, func(t *testing.T) {
			inNamespace(t, func() {
				sendFrames(t, "tap0", sent)
				var out bytes.Buffer
				before := time.Now()
				stats, err := capture.Live(context.Background(), &out, capture.LiveOptions{Interface: c.listen, Duration: 2 * time.Second})
				if err != nil {
					t.Error(err)
					return
				}
				r, err := capture.NewReader(&out)
				if err != nil {
					t.Error(err)
					return
				}
				checkLive(t, r, sent, c.dir, before)
				if info := r.Info(); info.Dropped == nil || *info.Dropped != 0 || info.Interfaces[0].Name != c.listen || info.Frames != stats.Frames {
					t.Errorf("info %+v, stats %+v", info, stats)
				}
			})
		})
	}
}

// checkLive finds the sent frames, of EtherType 0x88b5, among what else the kernel says on a new interface.
func checkLive(t *testing.T, r *capture.Reader, sent [][]byte, dir capture.Direction, before time.Time) {
	at := 0
	for r.Scan() {
		f := r.Frame()
		if !bytes.Contains(f.Data, []byte{0x88, 0xb5}) {
			continue
		}
		if at == len(sent) || !bytes.Equal(f.Data, sent[at]) {
			t.Errorf("frame %d: %x", at, f.Data)
			return
		}
		if age := time.UnixMicro(f.TS).Sub(before); f.Dir != dir || age < -time.Second || age > time.Minute {
			t.Errorf("frame %d: direction %d, %v after the start", at, f.Dir, age)
		}
		at++
	}
	if at != len(sent) {
		t.Errorf("%d of %d frames", at, len(sent))
	}
}

// TestLiveLimits: a count and a cancelled context end a capture; an interface that is not there is an error.
func TestLiveLimits(t *testing.T) {
	inNamespace(t, func() {
		frames := make([][]byte, 20)
		for i := range frames {
			frames[i] = append([]byte{0x02, 0, 0, 0, 0, 0x0b, 0x02, 0, 0, 0, 0, 0x0a, 0x88, 0xb5}, fmt.Sprintf("%060d", i)...)
		}
		sendFrames(t, "tap0", frames)
		stats, err := capture.Live(context.Background(), new(bytes.Buffer), capture.LiveOptions{Interface: "tap1", Count: 3, Duration: 5 * time.Second, SnapLen: 20})
		if err != nil || stats.Frames != 3 {
			t.Errorf("%d frames, %v", stats.Frames, err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		if _, err := capture.Live(ctx, new(bytes.Buffer), capture.LiveOptions{Interface: "tap1"}); err != nil {
			t.Errorf("cancelled: %v", err)
		}
		if _, err := capture.Live(ctx, new(bytes.Buffer), capture.LiveOptions{Interface: "nosuch0"}); !errors.Is(err, capture.ErrNoInterface) {
			t.Errorf("no such interface: %v", err)
		}
	})
}
