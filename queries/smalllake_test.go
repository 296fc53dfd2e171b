package queries

import (
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

// smallLake is a lake of a few dozen packets, all different in kind: a client that reads a web page over IPv4 and IPv6, an ARP exchange,
// a later fragment, a ping, a client whose DNS queries carry a PNG behind their question, and packets of names and bytes that are hostile.
// Two captures of sensor "north", half an hour apart, one that failed, and one of sensor "south".
func smallLake(t testing.TB) *Session {
	t.Helper()
	l := newTestLake(t)
	const common = "'north' AS sensor, 0 AS ts_extra_ns, 1 AS link_type, payload_len + 54 AS wire_len, payload_len + 54 AS cap_len"
	l.add("packets", `SELECT 'web' AS capture_id, `+common+`, * FROM (VALUES
		(1, TIMESTAMP '2026-11-22 03:00:00.000001', 4, 6, 20, 2, 0, '10.0.0.5', '192.0.2.80', 40001, 80, 20, 2, 0, 'tcp', 'eth:ip:tcp'),
		(2, TIMESTAMP '2026-11-22 03:00:00.020000', 4, 6, 20, 2, 0, '192.0.2.80', '10.0.0.5', 80, 40001, 24, 18, 0, 'tcp', 'eth:ip:tcp'),
		(3, TIMESTAMP '2026-11-22 03:00:00.020500', 4, 6, 20, 2, 0, '10.0.0.5', '192.0.2.80', 40001, 80, 20, 24, 120, 'tcp', 'eth:ip:tcp'),
		(4, TIMESTAMP '2026-11-22 03:00:00.041000', 4, 6, 24, 3, 0, '192.0.2.80', '10.0.0.5', 80, 40001, 20, 16, 1400, 'tcp', 'eth:ip:tcp'),
		(5, TIMESTAMP '2026-11-22 03:00:00.041001', 4, 6, 24, 0, 1480, '192.0.2.80', '10.0.0.5', NULL, NULL, NULL, NULL, 600, 'ip', 'eth:ip'),
		(6, TIMESTAMP '2026-11-22 03:00:01', 6, 6, 40, NULL, NULL, '2001:db8::5', '2001:db8::80', 40002, 443, 32, 2, 0, 'tcp', 'eth:ipv6:tcp'),
		(7, TIMESTAMP '2026-11-22 03:00:01.5', 4, 1, 20, 0, 0, '10.0.0.5', '192.0.2.1', NULL, NULL, NULL, NULL, 56, 'icmp', 'eth:ip:icmp'),
		(8, TIMESTAMP '2026-11-22 03:00:02', NULL, NULL, NULL, NULL, NULL, '10.0.0.5', '10.0.0.1', NULL, NULL, NULL, NULL, NULL, 'arp', 'eth:arp'),
		(9, NULL, 4, 17, 20, 2, 0, '10.0.0.9', '10.0.0.255', 138, 138, NULL, NULL, 9, 'udp', 'eth:ip:udp')
	) AS v(frame_no, ts, ip_version, ip_proto, ip_hdr_len, ip_flags, ip_frag_offset, src_ip, dst_ip, src_port, dst_port, tcp_hdr_len, tcp_flags, payload_len, protocol, protocols)`)
	const theft = `FROM (SELECT range AS n, TIMESTAMP '2026-11-22 03:30:00' + INTERVAL (range) SECOND AS ts, 100 + 10 * (range % 4) AS payload_len FROM range(8))`
	l.add("packets", `SELECT 'theft' AS capture_id, `+common+`, n + 1 AS frame_no, ts, 4 AS ip_version, 17 AS ip_proto, 20 AS ip_hdr_len, 0 AS ip_flags,
		'10.0.0.66' AS src_ip, '203.0.113.7' AS dst_ip, 53 AS src_port, 53 AS dst_port, payload_len, 'dns' AS protocol, 'eth:ip:udp:dns' AS protocols,
		CASE WHEN n < 7 THEN false END AS l4_chksum_ok, CASE WHEN n = 7 THEN 'snapped' END AS chksum_note, CASE WHEN n = 6 THEN 5 END AS dup_of_frame `+theft)
	l.add("dns", `SELECT 'theft' AS capture_id, 'north' AS sensor, 0 AS ts_extra_ns, n + 1 AS frame_no, ts, '10.0.0.66' AS src_ip, '203.0.113.7' AS dst_ip,
		53 AS src_port, 53 AS dst_port, 12 AS dns_id, false AS is_response, 'a\027[2J.example' AS qname, payload_len AS message_len, payload_len - 28 AS trailing_bytes `+theft)
	l.add("payloads", `SELECT 'theft' AS capture_id, 'north' AS sensor, 0 AS ts_extra_ns, n + 1 AS frame_no, ts, '10.0.0.66' AS src_ip, '203.0.113.7' AS dst_ip,
		53 AS src_port, 53 AS dst_port, payload_len, unhex('000c01000001000000000000' || repeat('61', 16) || '89504e470d0a1a0a' || '1b5b324a') AS payload `+theft)
	at := func(us int64) *int64 { us += 1_795_316_400_000_000; return &us } // 2026-11-22 03:00:00
	dropped := int64(3)
	return l.session(Dataset{Captures: []schema.Capture{
		{
			CaptureID: "web", Source: "/archive/web.pcap", Sensor: "north", Format: "pcap", LinkTypes: []int32{1}, Frames: 10, Rows: 9, Rejected: 1,
			RejectedBy: map[string]int64{"bad-length": 1}, Malformed: 0, FirstTS: at(1), LastTS: at(2e6), Bytes: 4096, ContentHash: "aa", Status: "ok",
			ToolVersion: "1.0", SchemaVersion: 1, Truncated: true, Damage: []string{"the last record ends after 7 of 60 bytes"},
		},
		{
			CaptureID: "theft", Source: "/archive/theft.pcapng.gz", Sensor: "north", Format: "pcapng", Compression: "gzip", LinkTypes: []int32{1},
			Interfaces: []schema.Interface{{Name: "eth0", LinkType: 1, Dropped: &dropped}, {Name: "wlan\x1b0", LinkType: 1, SnapLen: 96}}, Frames: 8, Rows: 8, Snapped: 1, MalformedBy: map[string]int64{"dns-name": 2}, Malformed: 2,
			Dropped: &dropped, FirstTS: at(1800e6), LastTS: at(1807e6), Bytes: 2048, ContentHash: "bb", Status: "ok", ToolVersion: "1.0", SchemaVersion: 1,
			Rewritten: []schema.Rewritten{{A: "10.0.0.66", B: "203.0.113.7", Packets: 7, Offset: 0x1a2b}},
		},
		{CaptureID: "bad", Source: "/archive/notes.pcap", Sensor: "north", Status: "failed", Error: "not a capture"},
		{CaptureID: "south", Source: "/archive/south.pcap", Sensor: "south", Format: "pcap", FirstTS: at(0), LastTS: at(3600e6), Status: "ok", ToolVersion: "0.9", SchemaVersion: 1},
	}})
}
