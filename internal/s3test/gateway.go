package s3test

import (
	"bytes"
	"fmt"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/internal/shared"
)

// Gateway runs versitygw, a real server over a folder, until the test ends, and returns its URL. Where it is not installed the test is skipped; it fails
// under CI=true.
func Gateway(t *testing.T) string {
	t.Helper()
	program := shared.Tool(t, "versitygw") // go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
	address := fmt.Sprintf("127.0.0.1:%d", FreePort(t))
	// The sidecar holds ETags for file systems without extended attributes.
	cmd := exec.Command(program, "--access", AccessKey, "--secret", SecretKey, "--port", address, "--quiet", "posix", "--sidecar", t.TempDir(), t.TempDir())
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(out.String())
		}
	})
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			_ = c.Close()
			return "http://" + address
		}
		if time.Since(began) > 20*time.Second {
			t.Fatal(err)
		}
	}
}
