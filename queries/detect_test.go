package queries

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pcaplake/pcaplake/schema"
)

// flowRow is flow n of a case: 10.0.0.1 asks 203.0.113.9 port 443 something each second and is answered.
const flowRow = `'c' AS capture_id, 'default' AS sensor, n + 1 AS flow_id, TIMESTAMP '2026-11-22' + INTERVAL (n) SECOND AS first_ts, 0 AS first_ts_extra_ns,
TIMESTAMP '2026-11-22 00:00:01' + INTERVAL (n) SECOND AS last_ts, 0 AS last_ts_extra_ns, 4 AS ip_version, '10.0.0.1' AS src_ip, '203.0.113.9' AS dst_ip, 40000 AS src_port,
443 AS dst_port, 6 AS ip_proto, NULL::INTEGER AS icmp_type, NULL::VARCHAR AS service, 5 AS fwd_packets, 5 AS rev_packets, 700 AS fwd_ip_bytes, 5200 AS rev_ip_bytes,
500 AS fwd_payload_bytes, 5000 AS rev_payload_bytes, 2 AS fwd_payload_packets, 4 AS rev_payload_packets, TIMESTAMP '2026-11-22' AS fwd_data_ts, TIMESTAMP '2026-11-22' AS rev_data_ts,
27 AS fwd_tcp_flags, 27 AS rev_tcp_flags, 1 AS fwd_syns, 0 AS rev_syns, 0 AS fwd_synacks, 1 AS rev_synacks, 0 AS fwd_rsts, 0 AS rev_rsts, 64240 AS fwd_first_window,
0.0 AS fwd_len_std, 0 AS icmp_errors`

// What a case puts in the place of columns of flowRow.
const (
	refused    = "0 AS fwd_payload_bytes, 0 AS rev_payload_bytes, 1 AS fwd_packets, 1 AS rev_packets, 2 AS fwd_tcp_flags, 20 AS rev_tcp_flags, 0 AS rev_synacks, 1 AS rev_rsts, "
	unanswered = "0 AS fwd_payload_bytes, 0 AS rev_payload_bytes, 1 AS fwd_packets, 0 AS rev_packets, 2 AS fwd_tcp_flags, 0 AS rev_tcp_flags, 0 AS rev_synacks, "
	halfOpen   = "0 AS fwd_payload_bytes, 0 AS rev_payload_bytes, 1 AS fwd_packets, 1 AS rev_packets, 2 AS fwd_tcp_flags, 18 AS rev_tcp_flags, "
	lostUDP    = "17 AS ip_proto, 0 AS fwd_syns, 0 AS rev_synacks, 1 AS fwd_packets, 0 AS rev_packets, 0 AS rev_payload_bytes, "
	echo       = "1 AS ip_proto, 8 AS icmp_type, NULL::INTEGER AS src_port, NULL::INTEGER AS dst_port, 1 AS fwd_packets, "
	inward     = "'203.0.113.' || (n % 200) AS src_ip, '10.0.0.9' AS dst_ip, "
	every80    = "TIMESTAMP '2026-11-22' + INTERVAL (n * 80) MILLISECOND AS first_ts, TIMESTAMP '2026-11-22' + INTERVAL (n * 80) MILLISECOND AS last_ts, "
	every300   = "TIMESTAMP '2026-11-22' + INTERVAL (n * 300) MILLISECOND AS first_ts, TIMESTAMP '2026-11-22' + INTERVAL (n * 300) MILLISECOND AS last_ts, "
	every500   = "TIMESTAMP '2026-11-22' + INTERVAL (n * 500) MILLISECOND AS first_ts, TIMESTAMP '2026-11-22' + INTERVAL (n * 500) MILLISECOND AS last_ts, "
	stray      = "0 AS fwd_syns, 0 AS rev_synacks, 0 AS fwd_payload_bytes, 0 AS rev_payload_bytes, 1 AS fwd_packets, 1 AS rev_packets, 1 AS rev_rsts, 16 AS fwd_tcp_flags, 4 AS rev_tcp_flags, 80 AS dst_port, "
	fast       = "TIMESTAMP '2026-11-22' + INTERVAL (n * 5) MILLISECOND AS first_ts, TIMESTAMP '2026-11-22' + INTERVAL (n * 5) MILLISECOND AS last_ts, "
)

// after is the first row, and half an hour later the others, one in a second; strayReset a reset of no connection that nobody answers.
const (
	after = "TIMESTAMP '2026-11-22' + INTERVAL (CASE n WHEN 0 THEN 0 ELSE 1800 + n END) SECOND AS first_ts, TIMESTAMP '2026-11-22' + INTERVAL (CASE n WHEN 0 THEN 0 ELSE 1800 + n END) SECOND AS last_ts, " +
		"80 AS dst_port, "
	strayReset = stray + "'10.0.0.9' AS dst_ip, 1 AS fwd_rsts, 4 AS fwd_tcp_flags, 0 AS rev_packets, 0 AS rev_rsts, 0 AS rev_tcp_flags"
)

// oneDirection begins the names of cases whose capture holds one direction, or every few packets of both.
const oneDirection = "one way: "

// since is for what tells what is new: the first row lies before the period.
const since = "TIMESTAMP '2026-11-21 23:00:00' + INTERVAL (n * 2) HOUR AS first_ts, TIMESTAMP '2026-11-21 23:00:00' + INTERVAL (n * 2) HOUR AS last_ts, "

// detectorCase is n rows of flows in which columns are replaced, or the rows of another table.
type detectorCase struct {
	detector, name string
	n              int
	rows           string // replacements of columns of flowRow, or "table: columns", or both with " && " between; n is the number of the row
	want           string // "": nothing
}

// detectorCases are flows and what a detector makes of them: the class, subclass and severity of each finding.
var detectorCases = []detectorCase{
	{"scan", "ports refused", 20, refused + "n AS dst_port", "scan vertical medium"},
	{"scan", "ports refused, too few", 14, refused + "n AS dst_port", ""},
	{"scan", "ports with flags that begin nothing", 20, unanswered + "0 AS fwd_syns, 41 AS fwd_tcp_flags, n AS dst_port", "scan stealth medium"},
	{"scan", "ports by lone ACK", 20, refused + "0 AS fwd_syns, 16 AS fwd_tcp_flags, 4 AS rev_tcp_flags, n AS dst_port", "scan stealth medium"},
	{"scan", "ports of UDP", 20, lostUDP + "1 AS icmp_errors, n AS dst_port", "scan udp medium"},
	{"scan", "an hour between ports", 20, refused + "TIMESTAMP '2026-11-22' + INTERVAL (n) HOUR AS first_ts, TIMESTAMP '2026-11-22' + INTERVAL (n) HOUR AS last_ts, n AS dst_port", "scan vertical-slow medium"},
	{"scan", "hosts of IPv6", 30, unanswered + "'fd00::1' AS src_ip, '2001:db8::' || n AS dst_ip", "scan horizontal medium"},
	{"scan", "internal hosts", 20, refused + "'10.0.1.' || n AS dst_ip, 445 AS dst_port", "scan lateral high"},
	{"scan", "from outside, silent", 40, unanswered + "'203.0.113.5' AS src_ip, '10.0.1.' || n AS dst_ip", "scan horizontal info"},
	{"scan", "from outside, refused", 40, refused + "'203.0.113.5' AS src_ip, '10.0.1.' || n AS dst_ip", "scan horizontal low"},
	{"scan", "hosts that answer", 100, "'203.0.113.' || n AS dst_ip", ""},
	{"scan", "peers half of whom are gone", 60, "CASE WHEN n % 2 = 0 THEN 0 ELSE 1 END AS rev_synacks, 0 AS fwd_rsts, '203.0.113.' || n AS dst_ip", ""},
	{"scan", "a dead server tried again and again", 500, refused + "443 AS dst_port", ""},
	{"scan", "bots of a flood", 4000, lostUDP + fast + inward + "n % 997 AS dst_port", ""},
	{"scan", oneDirection + "a server's ACK to many ports", 40, stray + "0 AS rev_packets, 0 AS rev_rsts, 0 AS rev_tcp_flags, 80 AS src_port, 40000 + n AS dst_port", ""},
	{"scan", "ACK to many ports that nobody answers", 40, stray + "0 AS rev_packets, 0 AS rev_rsts, 0 AS rev_tcp_flags, 80 AS src_port, 40000 + n AS dst_port", "scan stealth medium"},
	{"scan", "bots of a slow flood", 10000, lostUDP + every300 + "'203.0.113.' || (n % 20) AS src_ip, '10.0.0.9' AS dst_ip, n * 7919 % 5000 AS dst_port", ""},
	{"scan", "ports, beside others who try each now and then", 2000, lostUDP + every300 + "CASE WHEN n % 2 = 0 THEN '203.0.113.250' ELSE '203.0.113.' || (n % 200) END AS src_ip, '10.0.0.9' AS dst_ip, n AS dst_port", "scan udp info"},
	{"scan", "ports, beside a flood of one port from many", 2000, refused + fast +
		"CASE WHEN n % 50 = 0 THEN '203.0.113.250' ELSE '203.0.113.' || (n % 200) END AS src_ip, '10.0.0.9' AS dst_ip, CASE WHEN n % 50 = 0 THEN 1000 + n ELSE 80 END AS dst_port", "scan vertical low"},
	{"protocol-scan", "a host", 60, unanswered + "n + 100 AS ip_proto, NULL::INTEGER AS dst_port", "scan protocols medium"},
	{"protocol-scan", "few protocols", 60, unanswered + "n % 9 AS ip_proto, NULL::INTEGER AS dst_port", ""},
	{"icmp-sweep", "silent hosts", 40, echo + "0 AS rev_packets, '203.0.113.' || n AS dst_ip", "scan icmp-sweep medium"},
	{"icmp-sweep", "a monitor's hosts", 18, echo + "1 AS rev_packets, '203.0.113.' || n AS dst_ip", ""},
	{"icmp-sweep", "the same hosts again", 400, echo + "0 AS rev_packets, '203.0.113.' || n % 18 AS dst_ip", ""},
	{"flood", "half-open from many", 2000, halfOpen + fast + inward + "80 AS dst_port", "ddos syn-flood high"},
	{"flood", "half-open from one", 2000, halfOpen + fast + "80 AS dst_port", "dos syn-flood high"},
	{"flood", "a crowd that is served", 2000, fast + inward + "80 AS dst_port", ""},
	{"flood", "a fast scan of ports", 2000, refused + fast + "n AS dst_port", ""},
	{"flood", "slowly", 2000, halfOpen + inward + "80 AS dst_port", ""},
	{"flood", "three half-open in a second for minutes", 2000, halfOpen + every300 + "80 AS dst_port", "dos syn-flood high"},
	{"flood", "three unanswered in a second for minutes", 1000, unanswered + every300 + "80 AS dst_port", ""},
	{"flood", "ten unanswered in a second for minutes", 2000, unanswered + every80 + "80 AS dst_port", "dos syn-flood high"},
	{"flood", "as many over ports", 2000, unanswered + every80 + "n AS dst_port", ""},
	{"flood", "lone ACK from many", 2000, stray + fast + inward, "ddos segment-flood high"},
	{"flood", "lone FIN that nobody answers", 2000, stray + fast + "1 AS fwd_tcp_flags, 0 AS rev_packets, 0 AS rev_rsts, 0 AS rev_tcp_flags", "dos segment-flood high"},
	{"flood", "data of no connection", 2000, stray + fast + "24 AS fwd_tcp_flags, 900 AS fwd_payload_bytes", "dos segment-flood high"},
	{"flood", "connections under way", 2000, fast + "0 AS fwd_syns, 0 AS rev_synacks, 24 AS fwd_tcp_flags, 24 AS rev_tcp_flags", ""},
	{"flood", "two datagrams in a second to one port for an hour", 7200, lostUDP + every500 + "9999 AS dst_port", "dos udp-flood high"},
	{"flood", "one in a second", 4000, lostUDP + "9999 AS dst_port", ""},
	{"flood", "two in a second over ports", 7200, lostUDP + every500 + "n AS dst_port", ""},
	{"flood", "three in a second over ports from many for an hour", 10000, lostUDP + every300 + "'203.0.113.' || (n % 20) AS src_ip, '10.0.0.9' AS dst_ip, n * 7919 % 5000 AS dst_port", "ddos udp-flood high"},
	{"flood", "clients of a service that is down", 12000, refused + every300 + "'10.0.1.' || (n % 200) AS src_ip, '10.0.0.9' AS dst_ip, n // 2 AS src_port", ""},
	{"flood", "clients of a resolver that is down", 5000, lostUDP + fast + "'10.0.' || (n % 5) || '.' || (n % 251) AS src_ip, '10.0.0.9' AS dst_ip, 53 AS dst_port", ""},
	{"flood", "half-open from many inside", 2000, halfOpen + fast + "'10.0.1.' || (n % 200) AS src_ip, '10.0.0.9' AS dst_ip, 80 AS dst_port", "ddos syn-flood high"},
	{"request-flood", "one alike in a second, from who was not there", 3000, after + "CASE n WHEN 0 THEN '203.0.113.1' ELSE '203.0.113.5' END AS src_ip, '10.0.0.9' AS dst_ip", "dos request-flood medium"},
	{"request-flood", "one alike in a second, from bots who were not there", 3000, after + "'203.0.113.' || (n % 40) AS src_ip, '10.0.0.9' AS dst_ip", "ddos request-flood medium"},
	{"request-flood", "checks that were there", 3000, "'203.0.113.5' AS src_ip, '10.0.0.9' AS dst_ip", ""},
	{"request-flood", "who is inside and polls", 3000, after + "'10.0.0.' || (n % 40) AS src_ip", ""},
	{"request-flood", "people who were not there", 3000, after + "'203.0.113.' || (n % 40) AS src_ip, '10.0.0.9' AS dst_ip, 100 + n * 7919 % 900 AS fwd_payload_bytes", ""},
	{"request-flood", "twelve alike in a second for minutes", 2000, every80 + "80 AS dst_port", "dos request-flood high"},
	{"request-flood", "three alike in a second for minutes", 2000, every300 + "80 AS dst_port", ""},
	{"request-flood", "twelve unlike in a second for minutes", 2000, every80 + "100 + n * 7919 % 900 AS fwd_payload_bytes", ""},
	{"request-flood", "from one", 2000, fast + "80 AS dst_port", "dos request-flood high"},
	{"request-flood", "from bots", 2000, fast + inward + "80 AS dst_port", "ddos request-flood high"},
	{"request-flood", "from people", 2000, fast + inward + "100 + n * 7919 % 900 AS fwd_payload_bytes", ""},
	{"slow-http", "never answered", 60, "0 AS rev_payload_bytes, TIMESTAMP '2026-11-22' AS first_ts, TIMESTAMP '2026-11-22 00:00:20' AS last_ts, 80 AS dst_port", "dos slow-request high"},
	{"slow-http", "read slowly", 60, "TIMESTAMP '2026-11-22' AS first_ts, TIMESTAMP '2026-11-22 00:00:20' AS last_ts, 512 AS fwd_first_window", "dos slow-read high"},
	{"slow-http", "a body that goes on behind the answer", 60, "80 AS dst_port, 7 AS fwd_payload_packets, 1 AS rev_payload_packets, TIMESTAMP '2026-11-22' AS first_ts, TIMESTAMP '2026-11-22 00:00:20' AS last_ts", "dos slow-request high"},
	{"slow-http", "silent for longer than flows wait", 240, "80 AS dst_port, 40000 + n % 60 AS src_port, TIMESTAMP '2026-11-22' + INTERVAL (n // 60) HOUR AS first_ts, TIMESTAMP '2026-11-22 00:00:01' + INTERVAL (n // 60) HOUR AS last_ts, 0 AS rev_payload_bytes, CASE WHEN n < 60 THEN 1 ELSE 0 END AS fwd_syns, CASE WHEN n < 60 THEN 27 ELSE 24 END AS fwd_tcp_flags", "dos slow-request high"},
	{"slow-http", "a pool that is silent for longer than flows wait", 240, "5432 AS dst_port, 40000 + n % 60 AS src_port, TIMESTAMP '2026-11-22' + INTERVAL (n // 60) HOUR AS first_ts, TIMESTAMP '2026-11-22 00:00:01' + INTERVAL (n // 60) HOUR AS last_ts, CASE WHEN n < 60 THEN 1 ELSE 0 END AS fwd_syns, CASE WHEN n < 60 THEN 27 ELSE 24 END AS fwd_tcp_flags", ""},
	{"slow-http", "telemetry that nobody answers", 60, "1883 AS dst_port, 70 AS fwd_payload_packets, 1 AS rev_payload_packets, TIMESTAMP '2026-11-22' AS first_ts, TIMESTAMP '2026-11-22 00:00:20' AS last_ts", ""},
	{"slow-http", "a pool that was answered", 60, "TIMESTAMP '2026-11-22' AS first_ts, TIMESTAMP '2026-11-22 00:00:20' AS last_ts", ""},
	{"reflection", "DNS from many", 30, lostUDP + inward + "53 AS src_port", "ddos domain-reflection high"},
	{"reflection", "DNS from few", 19, lostUDP + inward + "53 AS src_port", ""},
	{"reflection", "answers that were asked for", 30, "17 AS ip_proto, '203.0.113.' || n AS dst_ip, 53 AS dst_port", ""},
	{"reflection", "SYN with ACK without end", 2, "'203.0.113.' || n AS dst_ip, 0 AS fwd_packets, 40 AS rev_synacks, 40 AS rev_packets", "ddos tcp-reflection high"},
	{"reflection", "SYN with ACK that the target refuses", 30, "'203.0.113.' || n AS dst_ip, 0 AS fwd_syns, 1 AS fwd_packets, 1 AS fwd_rsts, 4 AS fwd_tcp_flags, 18 AS rev_tcp_flags, 1 AS rev_packets", "ddos tcp-reflection high"},
	{"reflection", "half-open scan that the scanner resets", 30, "'203.0.113.' || n AS dst_ip, 2 AS fwd_packets, 1 AS fwd_rsts, 1 AS rev_packets", ""},
	{"upload", "at once", 1, "2000000 AS fwd_payload_bytes", "theft upload medium"},
	{"upload", "little by little", 100, "5000 AS fwd_payload_bytes, 100 AS rev_payload_bytes", "theft drip medium"},
	{"upload", "as much back", 1, "2000000 AS fwd_payload_bytes, 2000000 AS rev_payload_bytes", ""},
	{"upload", oneDirection + "what a server sends", 1, "2000000 AS fwd_payload_bytes, 0 AS rev_payload_bytes, 0 AS fwd_syns, 24 AS fwd_tcp_flags, 0 AS rev_packets, 443 AS src_port, 40000 AS dst_port", ""},
	{"upload", oneDirection + "what a client sends", 1, "2000000 AS fwd_payload_bytes, 0 AS rev_payload_bytes, 0 AS fwd_syns, 24 AS fwd_tcp_flags, 0 AS rev_packets", "theft upload medium"},
	{"upload", "inside", 1, "2000000 AS fwd_payload_bytes, '10.0.0.9' AS dst_ip", ""},
	{"upload", "a server's answer to the outside", 1, "'203.0.113.9' AS src_ip, '10.0.0.9' AS dst_ip, 2000000 AS rev_payload_bytes", ""},
	{"icmp-tunnel", "replies differ", 20, echo + "1 AS rev_packets, 100 AS fwd_payload_bytes, 900 AS rev_payload_bytes", "theft icmp-tunnel high"},
	{"icmp-tunnel", "changing sizes", 20, echo + "1 AS rev_packets, 1200 AS fwd_payload_bytes, 1200 AS rev_payload_bytes, 300.0 AS fwd_len_std", "theft icmp-tunnel high"},
	{"icmp-tunnel", "ping", 1000, echo + "1 AS rev_packets, 56 AS fwd_payload_bytes, 56 AS rev_payload_bytes", ""},
	{"odd-service", "SSH on 443", 1, "'ssh' AS service", "theft odd-service low"},
	{"odd-service", "TLS on 443", 1, "'tls' AS service", ""},
	{"beacon", "every 4 s", 30, "TIMESTAMP '2026-11-22' + INTERVAL (n * 4000 + n * 7919 % 800) MILLISECOND AS first_ts", "c2 beacon medium"},
	{"beacon", "at any time", 30, "TIMESTAMP '2026-11-22' + INTERVAL (n * n * 700) MILLISECOND AS first_ts", ""},
	{"beacon", "time service", 30, "17 AS ip_proto, 123 AS dst_port, 'ntp' AS service", ""},
	{"beacon", "inside", 100, "'10.0.0.9' AS dst_ip", ""},
	{"beacon", "that others use", 60, "'10.0.0.' || (n % 2 + 1) AS src_ip", ""},
	{"logins", "SSH", 6, "22 AS dst_port, 1500 AS fwd_payload_bytes, 2200 AS rev_payload_bytes", "bruteforce ssh high"},
	{"logins", "SSH, the last stays", 7, "22 AS dst_port, CASE WHEN n = 6 THEN 90000 ELSE 1500 END AS fwd_payload_bytes", "bruteforce ssh critical"},
	{"logins", "SSH, a minute and more each", 6, "22 AS dst_port, 1500 AS fwd_payload_bytes, TIMESTAMP '2026-11-22 00:01:16' + INTERVAL (n) SECOND AS last_ts", "bruteforce ssh high"},
	{"logins", "FTP", 6, "21 AS dst_port, 40 AS fwd_payload_bytes", "bruteforce ftp high"},
	{"logins", "sessions of people", 6, "22 AS dst_port, 3000 + n * 9000 AS fwd_payload_bytes", ""},
	{"logins", "health checks", 60, "22 AS dst_port, 0 AS fwd_payload_bytes", ""},
	{"dns-tunnel", "long names, each once", 200, "dns: " + query + "md5('' || n) || md5('x' || n) || '.' || md5('y' || n) || '.t.example.org' AS qname", "theft dns-tunnel high"},
	{"dns-tunnel", "the same names again", 400, "dns: " + query + "md5('' || n % 40) || md5('x' || n % 40) || '.cdn.example.org' AS qname", ""},
	{"dns-tunnel", "lists of blocked hosts", 2000, "dns: " + query + "(n % 200) || '.' || (n % 7) || '.113.203.list.example.org' AS qname", ""},
	{"dns-tunnel", "long messages that are cut off", 200, "dns: " + query + "true AS cut, 250 AS message_len", "theft dns-tunnel high"},
	{"dns-tunnel", "usual messages that are cut off", 400, "dns: " + query + "true AS cut, 60 AS message_len", ""},
	{"arp-sweep", "a network", 60, "arp: " + claim + "'10.0.0.1' AS sender_ip, '10.0.0.' || (n + 2) AS target_ip", "scan arp-sweep medium"},
	{"arp-sweep", "a neighbour again and again", 60, "arp: " + claim + "'10.0.0.1' AS sender_ip, '10.0.0.' || (n % 9 + 2) AS target_ip", ""},
	{"arp-conflict", "two claim", 20, "arp: " + claim + "'10.0.0.1' AS sender_ip, '10.0.0.2' AS target_ip, '02:00:00:00:00:0' || (n % 2) AS sender_mac", "other arp-conflict info"},
	{"arp-conflict", "one claims", 20, "arp: " + claim + "'10.0.0.1' AS sender_ip, '10.0.0.2' AS target_ip, '02:00:00:00:00:01' AS sender_mac", ""},
	{"packet-flood", "echo requests", 2000, "packets: " + ping + "'10.0.0.' || n % 3 AS src_ip", "ddos icmp-flood high"},
	{"packet-flood", "echo requests of one", 2000, "packets: " + ping + "'10.0.0.1' AS src_ip", "dos icmp-flood high"},
	{"packet-flood", "25 echo requests in a second for minutes", 4000, "packets: " + strings.Replace(ping, "n * 5", "n * 40", 1) + "'10.0.0.1' AS src_ip", "dos icmp-flood high"},
	{"packet-flood", "few echo requests in a second for minutes", 4000, "packets: " + strings.Replace(ping, "n * 5", "n * 400", 1) + "'10.0.0.1' AS src_ip", ""},
	{"packet-flood", "echo requests of very many, two in a second", 4000, "packets: " + strings.Replace(ping, "n * 5", "n * 500", 1) + "'10.1.' || n % 7 || '.' || n % 250 AS src_ip", "ddos icmp-flood high"},
	{"packet-flood", "echo requests of some, two in a second", 4000, "packets: " + strings.Replace(ping, "n * 5", "n * 500", 1) + "'10.1.0.' || n % 20 AS src_ip", ""},
	{"packet-flood", "resets", 2000, strayReset + " && packets: " + segment + "4 AS tcp_flags", "dos reset-flood high"},
	{"packet-flood", "25 resets in a second for minutes", 4000, strayReset + " && packets: " + strings.Replace(segment, "n * 5", "n * 40", 1) + "4 AS tcp_flags", "dos reset-flood high"},
	{"packet-flood", "a few resets", 150, strayReset + " && packets: " + segment + "4 AS tcp_flags", ""},
	{"packet-flood", "segments of no connection, all from one port", 2000, stray + "2000 AS fwd_packets, 2000 AS rev_packets, 2000 AS rev_rsts, '10.0.0.9' AS dst_ip && packets: " + segment + "16 AS tcp_flags", "dos segment-flood high"},
	{"packet-flood", "segments of a connection", 2000, "'10.0.0.9' AS dst_ip && packets: " + segment + "16 AS tcp_flags", ""},
	{"packet-flood", "SYN with ACK of one that was not asked", 2000, "'10.0.0.9' AS src_ip, '10.0.0.1' AS dst_ip, 0 AS fwd_syns, 0 AS fwd_packets, 1 AS rev_packets && packets: " + segment + "18 AS tcp_flags", "dos segment-flood high"},
	{"packet-flood", oneDirection + "what a server sends", 2000, "'10.0.0.9' AS src_ip, '10.0.0.1' AS dst_ip, 0 AS fwd_syns, 0 AS fwd_packets && packets: " + segment + "16 AS tcp_flags", ""},
	{"packet-flood", "few echo requests", 150, "packets: " + ping + "'10.0.0.1' AS src_ip", ""},
	{"scan-tool", "an agent", 3, "http: " + request + "'Mozilla/5.0 (compatible; Nmap Scripting Engine)' AS user_agent", "scan scanning-program medium"},
	{"scan-tool", "a browser", 3, "http: " + request + "'Mozilla/5.0' AS user_agent", ""},
	{"logins", "HTTP", 40, "http: " + request + "401 AS status", "bruteforce http high"},
	{"logins", "pages that are served", 400, "http: " + request + "200 AS status", ""},
	{"cleartext-logins", "HTTP", 3, "http: " + request + "true AS has_credentials", "other cleartext-login info"},
	{"expired-certificates", "a year over", 3, "tls: " + certificate + "TIMESTAMP '2025-11-22' AS cert_not_after", "other expired-certificate info"},
	{"expired-certificates", "not yet", 3, "tls: " + strings.Replace(certificate, "2020-01-01", "2027-01-01", 1) + "TIMESTAMP '2027-11-22' AS cert_not_after", "other expired-certificate info"},
	{"expired-certificates", "valid", 3, "tls: " + certificate + "TIMESTAMP '2027-11-22' AS cert_not_after", ""},
	{"encrypted-dns", "DNS over TLS", 3, "853 AS dst_port", "other encrypted-dns info"},
	{"encrypted-dns", "DNS over HTTPS", 3, "tls: " + hello + "'dns.google' AS server_name", "other encrypted-dns info"},
	{"encrypted-dns", "by the name of the protocol", 3, "tls: " + hello + "'h2,dot' AS alpn", "other encrypted-dns info"},
	{"encrypted-dns", "another site", 3, "tls: " + hello + "'www.example.org' AS server_name, 'h2' AS alpn", ""},
	{"backscatter", "SYN with ACK to many", 20, "0 AS fwd_packets, 1 AS rev_packets, '10.0.0.' || n AS src_ip", "other backscatter info"},
	{"backscatter", "resets to many", 20, "'203.0.113.9' AS src_ip, '10.0.0.' || n AS dst_ip, 0 AS fwd_syns, 0 AS rev_packets, 1 AS fwd_rsts, 0 AS fwd_payload_bytes", "other backscatter info"},
	{"backscatter", "to few", 5, "0 AS fwd_packets, 1 AS rev_packets, '10.0.0.' || n AS src_ip", ""},
	{"backscatter", "answers that were asked for", 20, "'10.0.0.' || n AS src_ip", ""},
	{"cleartext-logins", "FTP", 1, "21 AS dst_port, 'ftp' AS service", "other cleartext-login info"},
	{"new-host", "an address that did not send before", 2, since + "CASE n WHEN 0 THEN '10.0.0.7' ELSE '10.0.0.1' END AS src_ip", "other new-host info"},
	{"new-host", "one that did", 2, since + "'10.0.0.1' AS src_ip", ""},
	{"new-host", "without days before", 2, "'10.0.0.1' AS src_ip", ""},
	{"new-host", "outside", 2, since + "'203.0.113.' || n AS src_ip, '10.0.0.9' AS dst_ip", ""},
	{"new-service", "a port that did not answer before", 2, since + "'10.0.0.9' AS dst_ip, 8000 + n AS dst_port", "other new-service info"},
	{"new-service", "many ports of one host", 40, since + "'10.0.0.9' AS dst_ip, 8000 + n AS dst_port", "other new-service info"},
	{"new-service", "one that did", 2, since + "'10.0.0.9' AS dst_ip, 8000 AS dst_port", ""},
	{"new-service", "a port that refuses", 2, since + "'10.0.0.9' AS dst_ip, 8000 + n AS dst_port, 0 AS rev_synacks, 1 AS rev_rsts", ""},
	{"cleartext-logins", "none", 3, "http: " + request + "false AS has_credentials", ""},
}

// Rows of other tables, n of them.
const (
	row     = "'c' AS capture_id, 'default' AS sensor, n + 1 AS frame_no, TIMESTAMP '2026-11-22' + INTERVAL (n * 5) MILLISECOND AS ts, 0 AS ts_extra_ns, "
	query   = row + "'10.0.0.1' AS src_ip, '10.0.0.53' AS dst_ip, 53 AS dst_port, false AS is_response, 16 AS qtype, "
	hello   = row + "'10.0.0.1' AS src_ip, '203.0.113.9' AS dst_ip, 40000 AS src_port, 443 AS dst_port, 'client' AS kind, "
	segment = row + "n + 1 AS flow_id, '10.0.0.1' AS src_ip, '10.0.0.9' AS dst_ip, 80 AS dst_port, 4 AS ip_version, 6 AS ip_proto, 40 AS ip_len, "
	claim   = row + "1 AS opcode, "
	ping    = row + "'10.0.0.9' AS dst_ip, 4 AS ip_version, 1 AS ip_proto, 8 AS icmp_type, 84 AS ip_len, "
	request = row + "'10.0.0.1' AS src_ip, '203.0.113.9' AS dst_ip, 80 AS dst_port, 'GET' AS method, '/' AS uri, "
)

// certificate is a server's.
const certificate = row + "'203.0.113.9' AS src_ip, 443 AS src_port, '10.0.0.1' AS dst_ip, 40000 AS dst_port, 'server' AS kind, 'ab' AS cert_sha256, TIMESTAMP '2020-01-01' AS cert_not_before, "

// TestDetectors holds what makes a finding and what does not, on rows made by SQL. Every detector has cases of both kinds.
func TestDetectors(t *testing.T) {
	kinds := map[string][2]int{"dns-trailing-bytes": {1, 1}} // which has a test of its own
	for _, c := range detectorCases {
		t.Run(c.detector+"/"+c.name, func(t *testing.T) {
			l := newTestLake(t)
			for rows := range strings.SplitSeq(c.rows, " && ") {
				if table, columns, other := strings.Cut(rows, ": "); other {
					l.add(table, fmt.Sprintf("SELECT %s FROM (SELECT range AS n FROM range(%d))", columns, c.n))
				} else {
					l.add("flows", fmt.Sprintf("SELECT * EXCLUDE (n) REPLACE (%s) FROM (SELECT n, %s FROM (SELECT range AS n FROM range(%d)))", lastWins(rows), flowRow, c.n))
				}
			}
			d := Dataset{}
			if strings.Contains(c.rows, since) {
				d.From = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
			}
			if yes := true; strings.HasPrefix(c.name, oneDirection) {
				d.Captures = []schema.Capture{{CaptureID: "c", OneWay: &yes}}
			}
			s := l.session(d)
			q, err := s.Lookup(c.detector)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, row := range run(t, s, c.detector).Rows {
				head := q.head(row)
				got = append(got, fmt.Sprint(head[1], " ", head[2], " ", head[3]))
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("findings %q, want %q", got, c.want)
			}
		})
		n := kinds[c.detector]
		if c.want == "" {
			n[0]++
		} else {
			n[1]++
		}
		kinds[c.detector] = n
	}
	for _, q := range openSession(t, Dataset{}).Detectors() {
		if n := kinds[q.Name]; n[0] == 0 || n[1] == 0 {
			t.Errorf("%s: %d cases without a finding, %d with one: both kinds are needed", q.Name, n[0], n[1])
		}
	}
}

// lastWins keeps of replacements of one column the last.
func lastWins(replace string) string {
	var order []string
	last := map[string]string{}
	for _, r := range splitTop(strings.TrimSuffix(replace, ", ")) {
		name := r[strings.LastIndex(r, " AS ")+4:]
		if _, ok := last[name]; !ok {
			order = append(order, name)
		}
		last[name] = r
	}
	for i, name := range order {
		order[i] = last[name]
	}
	return strings.Join(order, ", ")
}

// splitTop parts a list at its commas outside of parentheses.
func splitTop(list string) (out []string) {
	depth, start := 0, 0
	for i, r := range list {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			out, start = append(out, strings.TrimSpace(list[start:i])), i+1
		}
	}
	return append(out, strings.TrimSpace(list[start:]))
}
