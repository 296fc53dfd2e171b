package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pcaplake/pcaplake/schema"
)

// contract lists the columns of every table, in order, as users rely on them: a name that changes or moves breaks their SQL.
var contract = map[string]string{
	"packets": `
		capture_id sensor frame_no frame_offset flow_id ts ts_extra_ns ts_suspect interface_id link_type pkt_dir cap_len wire_len dup_of_frame
		src_mac dst_mac ether_type vlan_id inner_vlan_id mpls_label
		tunnel tunnel_id tunnel_depth outer_src_ip outer_dst_ip outer_ip_proto outer_src_port outer_dst_port
		ip_version ip_hdr_len ip_tos ip_len ip_id ip_flags ip_frag_offset ip_ttl ip_proto ip_flow_label ip_chksum ip_chksum_ok ip_options_count src_ip dst_ip
		src_port dst_port tcp_seq tcp_ack tcp_hdr_len tcp_reserved tcp_flags tcp_window l4_chksum l4_chksum_ok tcp_urgent tcp_options_count
		tcp_mss tcp_wscale tcp_sack_ok tcp_tsval tcp_tsecr udp_len icmp_type icmp_code icmp_id icmp_seq
		payload_len padding_len chksum_note protocol protocols malformed`,
	"flows": flowColumns(),
	"arp":   `capture_id sensor frame_no ts ts_extra_ns opcode sender_mac sender_ip target_mac target_ip`,
	"dns": `
		capture_id sensor frame_no flow_id ts ts_extra_ns src_ip dst_ip src_port dst_port transport dns_id is_response opcode aa tc rd ra z ad cd rcode
		question_count answer_count authority_count additional_count qname qtype qclass answers answer_names answer_types answer_ttls answer_ips min_ttl
		edns_version edns_udp_size edns_do ext_rcode edns_options edns_client_subnet edns_error edns_error_text query_frame_no latency_ns
		message_len trailing_bytes cut malformed`,
	"tls": `
		capture_id sensor frame_no flow_id ts ts_extra_ns src_ip dst_ip src_port dst_port kind record_version hello_version version supported_versions
		server_name alpn ciphers cipher extensions groups point_formats signature_algorithms key_shares resumed retry ech ja3 ja3s ja4
		cert_count cert_sha256 cert_subject cert_issuer cert_serial cert_not_before cert_not_after cert_names cert_key alert_level alert cut malformed`,
	"http": `
		capture_id sensor frame_no flow_id ts ts_extra_ns src_ip dst_ip src_port dst_port depth method host uri version user_agent referer
		forwarded_for upgrade request_type request_coding request_len request_body auth_scheme has_credentials cookies
		response_frame_no latency_ns response_version status reason server location response_type response_coding response_len response_body
		set_cookies authenticate cut malformed`,
	"ssh": `
		capture_id sensor frame_no flow_id ts ts_extra_ns src_ip dst_ip src_port dst_port client_version server_version hassh hassh_server
		client_algorithms server_algorithms host_keys kex host_key cipher_client cipher_server mac_client mac_server
		compression_client compression_server cut malformed`,
	"quic": `
		capture_id sensor frame_no flow_id ts ts_extra_ns src_ip dst_ip src_port dst_port quic_version version_name packet_type dcid scid token_len
		packet_len offered_versions server_name alpn ja4 ech cut malformed`,
	"dhcp": `
		capture_id sensor frame_no flow_id ts ts_extra_ns src_ip dst_ip src_port dst_port dhcp_version transaction_id message_type message client_mac
		client_id client_ip assigned_ips requested_ips server_id next_server relay_ip hostname fqdn domain vendor_class routers dns_servers
		lease_time parameter_list cut malformed`,
	"ntp": `
		capture_id sensor frame_no flow_id ts ts_extra_ns src_ip dst_ip src_port dst_port ntp_version mode leap stratum poll precision
		root_delay root_dispersion reference_id reference_ts origin_ts receive_ts transmit_ts is_response is_error request_code item_count
		item_size cut malformed`,
	"payloads":  `capture_id sensor frame_no flow_id ts ts_extra_ns src_ip dst_ip src_port dst_port payload_len payload`,
	"comments":  `capture_id sensor frame_no interface_id scope ts ts_extra_ns comment`,
	"rollup_1m": `capture_id sensor ts first_ts last_ts src_ip dst_ip dst_port ip_proto service packets bytes flows`,
	"rollup_1h": `capture_id sensor ts first_ts last_ts src_ip dst_ip dst_port ip_proto service packets bytes flows`,
	"verdicts": `
		verdict_id detector detector_version class subclass seed_class severity score techniques sensor capture_ids src_ip src_count dst_ip dst_count
		dst_port ip_proto start_ts end_ts packets bytes evidence evidence_sql extract coverage suppressed_by`,
}

func flowColumns() string {
	const side = `
		packets wire_bytes ip_bytes payload_packets payload_bytes dup_packets fragments bad_chksums len_min len_max len_mean len_std len_sq_hi len_sq_lo
		ttl_min ttl_max first_ts last_ts iat_count iat_min iat_max iat_mean iat_std iat_sq_hi iat_sq_lo
		tcp_flags syns synacks fins rsts first_window isn first_seq next_seq fin_seq first_ack max_ack stream_bytes segment_bytes unique_bytes missed_bytes
		retransmitted_bytes retransmitted_packets out_of_order islands`
	all := `
		capture_id sensor flow_id flow_hash community_id first_ts first_ts_extra_ns last_ts last_ts_extra_ns ip_version src_ip dst_ip src_port dst_port ip_proto
		icmp_type icmp_code icmp_id vlan_id inner_vlan_id src_mac dst_mac tunnel tunnel_id outer_src_ip outer_dst_ip syn_ts synack_ts fwd_data_ts rev_data_ts`
	for _, prefix := range []string{"fwd_", "rev_"} {
		for _, name := range strings.Fields(side) {
			all += " " + prefix + name
		}
	}
	return all + " icmp_errors icmp_error_type icmp_error_code conn_state history service end_reason open_at_start open_at_end evicted"
}

func TestColumns(t *testing.T) {
	// Anything that can pass 2^31 needs 64 bits, and times are one type everywhere.
	wide := strings.Fields("tcp_seq tcp_ack tcp_tsval tcp_tsecr ip_id tunnel_id frame_no frame_offset flow_id cap_len wire_len payload_len")
	for _, table := range schema.Tables() {
		var names []string
		for _, c := range table.Columns {
			names = append(names, c.Name)
			if c.Doc == "" {
				t.Errorf("%s.%s has no doc", table.Name, c.Name)
			}
			if (c.Type == schema.Timestamp) != (c.Name == "ts" || strings.HasSuffix(c.Name, "_ts") || strings.HasPrefix(c.Name, "cert_not_")) {
				t.Errorf("%s.%s is %s", table.Name, c.Name, c.Type)
			}
			if slices.Contains(wide, c.Name) && c.Type != schema.Int64 {
				t.Errorf("%s.%s is %s", table.Name, c.Name, c.Type)
			}
		}
		if want := strings.Fields(contract[table.Name]); !slices.Equal(names, want) {
			t.Errorf("%s has columns\n%v\nwant\n%v", table.Name, names, want)
		}
	}
	if len(contract) != len(schema.Tables()) {
		t.Errorf("%d tables, want %d", len(schema.Tables()), len(contract))
	}
}

func TestDefinitions(t *testing.T) {
	const want = `("capture_id" VARCHAR, "sensor" VARCHAR, "frame_no" BIGINT, "ts" TIMESTAMP, "ts_extra_ns" INTEGER, "opcode" INTEGER, ` +
		`"sender_mac" VARCHAR, "sender_ip" VARCHAR, "target_mac" VARCHAR, "target_ip" VARCHAR)`
	if got := schema.ARPs.DuckDB(); got != want {
		t.Errorf("definitions\n%s\nwant\n%s", got, want)
	}
}

func TestReasonsAreClosedLists(t *testing.T) {
	for _, list := range [][]schema.Reason{schema.MalformedReasons, schema.ChksumNotes, schema.EndReasons} {
		seen := map[string]bool{}
		for _, r := range list {
			if r.Name == "" || r.Doc == "" || seen[r.Name] {
				t.Errorf("reason %q: no name, no doc, or twice", r.Name)
			}
			seen[r.Name] = true
		}
	}
}

func TestMarkdown(t *testing.T) {
	text := schema.Markdown()
	for _, table := range schema.Tables() {
		_, section, _ := strings.Cut(text, "\n## "+table.Name+"\n")
		section, _, _ = strings.Cut(section, "\n## ")
		for _, c := range table.Columns {
			if !strings.Contains(section, "\n| `"+c.Name+"` | `"+c.Type.String()+"` |") {
				t.Errorf("section %s does not name %s", table.Name, c.Name)
			}
		}
	}
	_, captures, _ := strings.Cut(text, "\n## captures\n")
	for _, c := range schema.CaptureColumns() {
		if c.Doc == "" || !strings.Contains(captures, "\n| `"+c.Name+"` | `"+c.Type+"` |") {
			t.Errorf("section captures does not name %s, or it has no doc", c.Name)
		}
	}
	for _, r := range slices.Concat(schema.MalformedReasons, schema.ChksumNotes, schema.EndReasons) {
		if !strings.Contains(text, "| `"+r.Name+"` | "+r.Doc+" |") {
			t.Errorf("no line says %s", r.Name)
		}
	}
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "| column ") {
			checkTable(t, strings.Split(text, "\n")[i:])
		}
	}
}

// checkTable holds every line of a table to the number of cells of its head.
func checkTable(t *testing.T, lines []string) {
	t.Helper()
	want := strings.Count(lines[0], "|")
	for _, line := range lines {
		if !strings.HasPrefix(line, "|") {
			return
		}
		if strings.Count(line, "|") != want {
			t.Errorf("%d cells, want %d: %s", strings.Count(line, "|"), want, line)
		}
	}
}
