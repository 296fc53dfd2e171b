package decode_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/internal/shared"
)

// said is what a field of a message is, and in which frame it was complete; 0: not compared.
type said struct {
	frame        int64
	field, value string
}

// fragments stands at the end of the chain of a datagram that tshark put together.
const fragments = ":fragments"

// sayings counts them, and keeps what their differences are judged by.
type sayings struct {
	count  map[said]int
	cut    map[said]bool    // ours: bytes are missing
	closed map[said]bool    // ours: of a body that ends with the connection
	broken map[int64]bool   // ours: a message of the frame is malformed
	chains map[int64]string // theirs: frame.protocols
}

func newSayings() *sayings {
	return &sayings{map[said]int{}, map[said]bool{}, map[said]bool{}, map[int64]bool{}, map[int64]string{}}
}

// theirFields are those of tshark that rows of streams are compared with.
var theirFields = []string{
	"tls.handshake.extensions_server_name", "tls.handshake.ja3", "tls.handshake.ja3s", "http.request.method", "http.request.uri", "http.host",
	"http.response.code", "ssh.protocol", "ssh.kex.hassh", "ssh.kex.hasshserver",
}

// ourMessages are the same fields of our rows.
func ourMessages(rows *decode.Rows) *sayings {
	out := newSayings()
	add := func(frame int64, cut bool, field, value string) said {
		k := said{frame, field, value}
		if value != "" {
			out.count[k]++
			out.cut[k] = out.cut[k] || cut
		}
		return k
	}
	for i := range rows.TLSs {
		r := &rows.TLSs[i]
		if r.Kind == "client" {
			add(r.FrameNo, r.Cut, "tls.handshake.extensions_server_name", r.ServerName)
		}
		out.broken[r.FrameNo] = out.broken[r.FrameNo] || r.Malformed != ""
		add(r.FrameNo, r.Cut, "tls.handshake.ja3", r.JA3)
		add(r.FrameNo, r.Cut, "tls.handshake.ja3s", r.JA3S)
	}
	for i := range rows.HTTPs {
		r := &rows.HTTPs[i]
		if r.HasRequest {
			add(r.FrameNo, r.Cut, "http.request.method", r.Method)
			add(r.FrameNo, r.Cut, "http.request.uri", r.URI)
			add(r.FrameNo, r.Cut, "http.host", r.Host)
		}
		if r.HasResponse {
			k := add(r.ResponseFrameNo, r.Cut, "http.response.code", fmt.Sprint(r.Status))
			out.closed[k] = out.closed[k] || !r.HasResponseLen && !strings.Contains(r.ResponseCoding, "chunked") && r.ResponseBody > 0
		}
	}
	for i := range rows.SSHs {
		r := &rows.SSHs[i]
		add(0, r.Cut, "ssh.protocol", r.ClientVersion)
		add(0, r.Cut, "ssh.protocol", r.ServerVersion)
		add(0, r.Cut, "ssh.kex.hassh", r.HASSH)
		add(0, r.Cut, "ssh.kex.hasshserver", r.HASSHServer)
	}
	return out
}

// theirMessages has tshark, with its reassembly as it is by default, read the same.
func theirMessages(program, path string) (*sayings, error) {
	args := []string{
		"-n", "-r", path, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=\x01", "-Y", "tcp && !icmp && !icmpv6",
		"-o", "tcp.desegment_tcp_streams:TRUE", "-e", "frame.number", "-e", "frame.protocols", "-e", "ip.fragment.count",
	}
	for _, f := range theirFields {
		args = append(args, "-e", f)
	}
	cmd := exec.Command(program, args...)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	out := newSayings()
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), "\t")
		var frame int64
		if _, err := fmt.Sscan(cells[0], &frame); err != nil {
			return nil, err
		}
		if out.chains[frame] = cells[1]; cells[2] != "" {
			out.chains[frame] += fragments
		}
		for i, cell := range cells[3:] {
			if cell == "" {
				continue
			}
			for value := range strings.SplitSeq(cell, "\x01") {
				s := said{frame, theirFields[i], value}
				if strings.HasPrefix(s.field, "ssh.") {
					s.frame = 0
				}
				out.count[s]++
			}
		}
	}
	_, _ = io.Copy(io.Discard, pipe)
	if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() > 2 {
		return nil, fmt.Errorf("run tshark: %w: %s", err, complaint.Bytes())
	}
	return out, lines.Err()
}

// A streamClass is one of them.
type streamClass struct {
	name  string
	holds func(k said, ours, theirs *sayings) bool
}

// streamClasses are the reasons for which tshark and we do not agree on a message; ours and theirs are how often each has it.
var streamClasses = []streamClass{
	{"a secret is masked", func(k said, ours, theirs *sayings) bool {
		return k.field == "http.request.uri" && (strings.Contains(k.value, "***") || masked(k, ours))
	}},
	{"bytes are missing: we give the message out, cut; tshark reads on in the next segment, or waits", func(k said, ours, _ *sayings) bool { return ours.cut[k] }},
	{"a hello is malformed: it has no fingerprint", func(k said, ours, theirs *sayings) bool {
		return strings.HasPrefix(k.field, "tls.handshake.ja3") && ours.count[k] < theirs.count[k] && ours.broken[k.frame]
	}},
	{"a body ends with the connection: for us with its last byte, for tshark with the FIN or never", func(k said, ours, theirs *sayings) bool {
		return k.field == "http.response.code" && (ours.closed[k] || elsewhere(k, ours, ours.closed))
	}},
	{"a segment in fragments of IP", func(k said, ours, theirs *sayings) bool {
		return ours.count[k] == 0 && strings.HasSuffix(theirs.chains[k.frame], fragments)
	}},
	{"within another protocol, or decrypted with keys of the capture", func(k said, ours, theirs *sayings) bool {
		chain := theirs.chains[k.frame]
		return ours.count[k] < theirs.count[k] && slices.ContainsFunc([]string{":socks", ":openvpn", ":tls:http", ":ipcomp"}, func(p string) bool { return strings.Contains(chain, p) })
	}},
	{"on a port where tshark looks for something else, or for nothing", func(k said, ours, theirs *sayings) bool {
		return theirs.count[k] == 0 && (k.frame == 0 || !strings.Contains(theirs.chains[k.frame], ":http") && !strings.Contains(theirs.chains[k.frame], ":tls"))
	}},
}

// masked reports whether the URI is one that we have with a secret masked.
func masked(k said, ours *sayings) bool {
	uri, secret := decode.MaskURI(k.value)
	return secret && ours.count[said{k.frame, k.field, uri}] > 0
}

// elsewhere reports whether we have the same in an earlier frame of that kind.
func elsewhere(k said, ours *sayings, kind map[said]bool) bool {
	for o := range ours.count {
		if o.field == k.field && o.value == k.value && o.frame < k.frame && kind[o] {
			return true
		}
	}
	return false
}

// TestStreamsDifferential compares messages with what tshark makes of the same connections. A difference is a defect unless it belongs to
// one of the classes.
func TestStreamsDifferential(t *testing.T) {
	program := shared.Tool(t, "tshark")
	var mu sync.Mutex
	messages, different := 0, map[string]int{}
	files := differentialFiles(t)
	t.Run("files", func(t *testing.T) {
		for _, c := range files {
			t.Run(c.Rel, func(t *testing.T) {
				t.Parallel()
				rows, packets, err := conversations(c.Path)
				if err != nil {
					t.Fatal(err)
				}
				if packets == 0 { // as tshark says too, or TestDifferential fails
					return
				}
				theirs, err := theirMessages(program, c.Path)
				if err != nil {
					t.Fatal(err)
				}
				ours := ourMessages(rows)
				mu.Lock()
				defer mu.Unlock()
				all := maps.Clone(ours.count)
				maps.Copy(all, theirs.count)
				for k := range all {
					messages += max(ours.count[k], theirs.count[k])
					if ours.count[k] == theirs.count[k] {
						continue
					}
					i := slices.IndexFunc(streamClasses, func(c streamClass) bool { return c.holds(k, ours, theirs) })
					if i < 0 {
						t.Errorf("frame %d: %s %q: %d times, tshark %d times (%s)", k.frame, k.field, k.value, ours.count[k], theirs.count[k], theirs.chains[k.frame])
						continue
					}
					different[streamClasses[i].name]++
				}
			})
		}
	})
	for _, c := range streamClasses {
		shared.Report(t, "%7d fields: %s", different[c.name], c.name)
	}
	shared.Report(t, "%d captures, %d fields of messages compared with tshark", len(files), messages)
}
