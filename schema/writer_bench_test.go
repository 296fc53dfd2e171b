package schema_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/pcaplake/pcaplake/internal/rowgen"
	"github.com/pcaplake/pcaplake/schema"
)

// traffic returns rows such as a busy uplink makes: segments of some hundred TCP connections over Ethernet and IPv4, two columns in three
// absent or constant.
func traffic(n int) []schema.Packet {
	r := rand.New(rand.NewPCG(7, 7))
	rows := make([]schema.Packet, n)
	sequence := make([]int64, 500)
	for i := range rows {
		flow := r.IntN(len(sequence))
		client, server := netip.AddrFrom4([4]byte{10, 1, byte(flow >> 5), byte(flow)}), netip.AddrFrom4([4]byte{192, 0, 2, byte(flow % 40)})
		payload := []int64{0, 0, 1448, 1448, r.Int64N(1448)}[r.IntN(5)]
		sequence[flow] += payload
		rows[i] = schema.Packet{
			Has: schema.HasInterface | schema.HasSrcMAC | schema.HasDstMAC | schema.HasEtherType | schema.HasIP | schema.HasIPID | schema.HasIPFrag |
				schema.HasIPProto | schema.HasIPChksum | schema.HasIPOptions | schema.HasPorts | schema.HasTCP | schema.HasTCPOptions |
				schema.HasTCPTimestamp | schema.HasL4Chksum | schema.HasPayload | schema.HasPadding,
			CaptureID: "00112233445566778899aabbccddeeff", Sensor: "default", FrameNo: int64(i + 1), FrameOffset: int64(i) * 900,
			TS: 1_768_435_200_000_000 + int64(i)*40 + r.Int64N(40), LinkType: 1, CapLen: 66 + payload, WireLen: 66 + payload,
			SrcMAC: schema.MAC{2, 0, 0, 0, 0, byte(flow & 7)}, DstMAC: schema.MAC{2, 0, 0, 0, 1}, EtherType: 0x0800,
			IPVersion: 4, IPHdrLen: 20, IPLen: 52 + payload, IPID: r.Int64N(1 << 16), IPFlags: 2, IPTTL: 64, IPProto: 6,
			IPChksum: r.Int32N(1 << 16), IPChksumOK: schema.True, SrcIP: client, DstIP: server,
			SrcPort: int32(40000 + flow), DstPort: 443, TCPSeq: sequence[flow], TCPAck: r.Int64N(1 << 32), TCPHdrLen: 32, TCPFlags: 16, TCPWindow: 501,
			L4Chksum: r.Int32N(1 << 16), L4ChksumOK: schema.True, TCPOptionsCount: 3, TCPTSVal: int64(i / 25), TCPTSEcr: int64(i / 30),
			PayloadLen: payload, Protocol: "tls", Protocols: "eth:ethertype:ip:tcp:tls",
		}
	}
	return rows
}

// BenchmarkWriter writes one full row group, of traffic and of rows whose every column is present and random.
func BenchmarkWriter(b *testing.B) {
	kinds := []struct {
		name string
		rows []schema.Packet
	}{{"traffic", traffic(schema.RowGroup)}, {"random", rowgen.Packets(schema.RowGroup, 4)}}
	for _, kind := range kinds {
		rows := kind.rows
		for _, jobs := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/jobs=%d", kind.name, jobs), func(b *testing.B) {
				b.ReportAllocs()
				var bytes int64
				for b.Loop() {
					w, err := schema.Packets.NewWriter(io.Discard, schema.Meta{Jobs: jobs})
					if err != nil {
						b.Fatal(err)
					}
					if err := w.Append(rows); err != nil {
						b.Fatal(err)
					}
					stats, err := w.Close()
					if err != nil {
						b.Fatal(err)
					}
					bytes = stats.Bytes
				}
				b.ReportMetric(float64(b.N)*float64(len(rows))/b.Elapsed().Seconds(), "packets/s")
				b.ReportMetric(float64(bytes)/float64(len(rows)), "B/packet")
			})
		}
	}
}

// BenchmarkAppend fills the buffers and leaves out encoding: a row group less one row.
func BenchmarkAppend(b *testing.B) {
	rows := traffic(schema.RowGroup - 1)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		b.StopTimer()
		w, err := schema.Packets.NewWriter(io.Discard, schema.Meta{})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := w.Append(rows); err != nil {
			b.Fatal(err)
		}
		n += len(rows)
		b.StopTimer()
		if _, err := w.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "packets/s")
}
