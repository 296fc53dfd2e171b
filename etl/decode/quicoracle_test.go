package decode_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/pcaplake/pcaplake/etl/capture"
	"github.com/pcaplake/pcaplake/etl/decode"
	"github.com/pcaplake/pcaplake/internal/shared"
	"github.com/pcaplake/pcaplake/schema"
)

// quicFields are those of tshark's that tell the long packets of a frame, and what they are of our rows.
var quicFields = []struct {
	name string
	ours func(*schema.QUIC) string
}{
	{"quic.version", func(r *schema.QUIC) string { return fmt.Sprintf("0x%08x", r.Version) }},
	{"quic.dcid", func(r *schema.QUIC) string { return string(r.DCID) }},
	{"quic.scid", func(r *schema.QUIC) string { return string(r.SCID) }},
	{"quic.token_length", func(r *schema.QUIC) string {
		if r.Type != "initial" {
			return ""
		}
		return strconv.FormatInt(r.TokenLen, 10)
	}},
	{"quic.length", func(r *schema.QUIC) string {
		if !r.HasLength {
			return ""
		}
		return strconv.FormatInt(r.Length, 10)
	}},
	{"tls.handshake.extensions_server_name", func(r *schema.QUIC) string { return r.ServerName }},
	{"tls.handshake.extensions_alpn_str", func(r *schema.QUIC) string { return strings.ReplaceAll(r.ALPN, ",", aggregator) }},
}

// quicClass names the kind of a difference; "" is a defect. Told are the earlier rows of the flow that tell a ClientHello.
func quicClass(column, mine, other string, rows, told []schema.QUIC) string {
	ofHello := strings.HasPrefix(column, "tls.")
	switch {
	case !ofHello && strings.HasPrefix(other, mine):
		return "tshark shows ids in packets with short headers too, and headers of versions that are not read"
	case ofHello && mine == "" && slices.ContainsFunc(told, func(r schema.QUIC) bool {
		return r.ServerName == other || strings.ReplaceAll(r.ALPN, ",", aggregator) == other
	}):
		return "a ClientHello that is sent again is told once"
	case ofHello && other == "" && slices.ContainsFunc(rows, func(r schema.QUIC) bool { return r.JA4 != "" && r.Malformed == "" }):
		return "a ClientHello after a retry, or whose pieces come out of order, is told; tshark does not put it together"
	}
	return ""
}

// TestQUICOracle compares the rows of quic with what tshark makes of the same frames, on every capture in which there is one.
func TestQUICOracle(t *testing.T) {
	program := shared.Tool(t, "tshark")
	var mu sync.Mutex
	var captures, packets, hellos, fields, differ int
	seen := map[string]int{}
	t.Run("files", func(t *testing.T) {
		for _, c := range shared.Captures(t) {
			rows := quicOf(c.Path)
			if len(rows) == 0 {
				continue
			}
			t.Run(c.Rel, func(t *testing.T) {
				t.Parallel()
				names := []string{"frame.number", "frame.protocols"}
				for _, f := range quicFields {
					names = append(names, f.name)
				}
				told := map[int64][]schema.QUIC{}
				err := dissect(program, c.Path, names, func(values []string) error {
					v := theirs{}
					for i, n := range names {
						v[n] = values[i]
					}
					frame, err := strconv.ParseInt(v["frame.number"], 10, 64)
					mine := rows[frame]
					if err != nil || len(mine) == 0 && (!above(v, "quic") || v["quic.version"] == "") {
						return err
					}
					mu.Lock()
					defer mu.Unlock()
					packets += len(mine)
					for _, f := range quicFields {
						var texts []string
						for i := range mine {
							if s := f.ours(&mine[i]); s != "" {
								texts = append(texts, s)
							}
						}
						if f.name == "tls.handshake.extensions_server_name" {
							hellos += len(texts)
						}
						ours, other := strings.Join(texts, aggregator), strings.ReplaceAll(v[f.name], ":", "")
						fields++
						if ours == other {
							continue
						}
						differ++
						name := quicClass(f.name, ours, other, mine, told[flowOf(mine)])
						if seen[name]++; name == "" {
							t.Errorf("frame %d: %s is %q, tshark says %q", frame, f.name, ours, other)
						}
					}
					for _, r := range mine {
						if r.JA4 != "" {
							told[r.FlowID] = append(told[r.FlowID], r)
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				captures++
				mu.Unlock()
			})
		}
	})
	for name, n := range seen {
		shared.Report(t, "%7d fields: %s", n, name)
	}
	shared.Report(t, "quic: %d captures, %d long packets, %d ClientHellos, %d fields compared, %d differ, all in classes", captures, packets, hellos, fields, differ)
}

func flowOf(rows []schema.QUIC) int64 {
	if len(rows) == 0 {
		return 0
	}
	return rows[0].FlowID
}

// quicOf are the rows of quic of a capture by frame. Flows are told by addresses and ports alone.
func quicOf(path string) map[int64][]schema.QUIC {
	r, err := capture.Open(path)
	if err != nil {
		return nil
	}
	defer r.Close()
	type key struct{ a, b string }
	d, s, out, flows := decode.New(decode.Options{}), decode.NewStreams(), map[int64][]schema.QUIC{}, map[key]int64{}
	for r.Scan() {
		rows := new(decode.Rows)
		d.Decode(r.Frame(), rows)
		p := &rows.Packets[0]
		if p.Protocol != "quic" || len(rows.Segments) == 0 {
			continue
		}
		from, to := fmt.Sprint(p.SrcIP, p.SrcPort), fmt.Sprint(p.DstIP, p.DstPort)
		forward := flows[key{to, from}] == 0
		if !forward {
			p.FlowID = flows[key{to, from}]
		} else if p.FlowID = flows[key{from, to}]; p.FlowID == 0 {
			p.FlowID = p.FrameNo
			flows[key{from, to}] = p.FrameNo
		}
		s.Segment(p, forward, rows.Segments[0].Data, rows)
		out[p.FrameNo] = rows.QUICs
	}
	return out
}
