package schema

import (
	"net/netip"
	"strings"
)

// Privacy says what becomes of the values of a column in an anonymised lake.
type Privacy uint8

// What becomes of values. The zero value is of a column that nobody has judged: it is NULL like a dropped one, and a test allows none.
const (
	Unjudged Privacy = iota
	Kept             // numbers, times, and words of closed lists of ours: they stand as they are
	Keyed            // made under the key before columns are: names of captures, hashes over pseudonyms, sequence numbers
	Address          // IP addresses, also in lists and with prefix lengths: prefixes are preserved
	Hardware         // EUI-48: another address, group addresses stay such
	Name             // domain and host names, label by label, public suffixes kept; addresses among them as Address
	Data             // data of DNS records in presentation form: addresses and names in them as above
	Word             // words of protocols: those that are registered are kept, others as Text
	Text             // anything a sender may write: another text for each
	Dropped          // NULL
)

// String returns the word for it in documents.
func (p Privacy) String() string {
	return [...]string{"unjudged", "kept", "keyed", "address", "hardware", "name", "data", "word", "text", "dropped"}[p]
}

// A Mask gives what stands in the place of values in an anonymised lake. What it gives depends on its key and the value alone; its methods may be called
// by several goroutines at a time.
type Mask interface {
	Addr(netip.Addr) netip.Addr
	MAC(MAC) MAC
	// AppendText appends what stands for a text of a class from Address to Text.
	AppendText(dst []byte, p Privacy, text []byte) []byte
}

// privacy is the judgement of every column, in one place so that it can be read as a whole. A name without a table is of all tables that have it; what is said of
// fwd_ holds for rev_.
var privacy = judge([]judgement{
	{Keyed, `capture_id flow_hash community_id tcp_seq tcp_ack fwd_isn fwd_first_seq fwd_next_seq fwd_fin_seq fwd_first_ack fwd_max_ack`},
	{Address, `src_ip dst_ip outer_src_ip outer_dst_ip sender_ip target_ip client_ip next_server relay_ip assigned_ips requested_ips routers dns_servers
		answer_ips edns_client_subnet`},
	{Hardware, `src_mac dst_mac sender_mac target_mac client_mac`},
	{Name, `qname answer_names server_name host forwarded_for hostname fqdn domain server_id cert_names`},
	{Data, `answers`},
	{Word, `method upgrade http.version response_version request_type request_coding response_type response_coding auth_scheme authenticate cookies set_cookies alpn
		reference_id kex host_key host_keys cipher_client cipher_server mac_client mac_server compression_client compression_server`},
	{Text, `uri referer location user_agent server reason client_id vendor_class dcid scid client_version server_version client_algorithms server_algorithms
		cert_sha256 cert_subject cert_issuer cert_serial`},
	// Checksums hold 16 bits of both addresses; times of validity find a certificate in public logs.
	{Dropped, `ip_chksum l4_chksum cert_not_before cert_not_after edns_error_text comment payload`},
	{Kept, `
		sensor frame_no frame_offset flow_id ts ts_extra_ns ts_suspect interface_id link_type pkt_dir cap_len wire_len dup_of_frame
		ether_type vlan_id inner_vlan_id mpls_label tunnel tunnel_id tunnel_depth outer_ip_proto outer_src_port outer_dst_port
		ip_version ip_hdr_len ip_tos ip_len ip_id ip_flags ip_frag_offset ip_ttl ip_proto ip_flow_label ip_chksum_ok ip_options_count
		src_port dst_port tcp_hdr_len tcp_reserved tcp_flags tcp_window l4_chksum_ok tcp_urgent tcp_options_count
		tcp_mss tcp_wscale tcp_sack_ok tcp_tsval tcp_tsecr udp_len icmp_type icmp_code icmp_id icmp_seq
		payload_len padding_len chksum_note protocol protocols malformed cut

		first_ts first_ts_extra_ns last_ts last_ts_extra_ns syn_ts synack_ts icmp_errors icmp_error_type icmp_error_code
		conn_state history service end_reason open_at_start open_at_end evicted packets bytes flows
		fwd_packets fwd_wire_bytes fwd_ip_bytes fwd_payload_packets fwd_payload_bytes fwd_dup_packets fwd_fragments fwd_bad_chksums
		fwd_len_min fwd_len_max fwd_len_mean fwd_len_std fwd_len_sq_hi fwd_len_sq_lo fwd_ttl_min fwd_ttl_max fwd_first_ts fwd_last_ts fwd_data_ts
		fwd_iat_count fwd_iat_min fwd_iat_max fwd_iat_mean fwd_iat_std fwd_iat_sq_hi fwd_iat_sq_lo
		fwd_tcp_flags fwd_syns fwd_synacks fwd_fins fwd_rsts fwd_first_window
		fwd_stream_bytes fwd_segment_bytes fwd_unique_bytes fwd_missed_bytes fwd_retransmitted_bytes fwd_retransmitted_packets fwd_out_of_order fwd_islands

		opcode transport dns_id is_response aa tc rd ra z ad cd rcode question_count answer_count authority_count additional_count qtype qclass
		answer_types answer_ttls min_ttl edns_version edns_udp_size edns_do ext_rcode edns_options edns_error query_frame_no latency_ns message_len trailing_bytes

		kind record_version hello_version tls.version supported_versions ciphers cipher extensions groups point_formats signature_algorithms key_shares
		resumed retry ech ja3 ja3s ja4 cert_count cert_key alert_level alert

		depth request_len request_body has_credentials response_frame_no status response_len response_body hassh hassh_server
		quic_version version_name packet_type token_len packet_len offered_versions
		dhcp_version transaction_id message_type message lease_time parameter_list
		ntp_version mode leap stratum poll precision root_delay root_dispersion reference_ts origin_ts receive_ts transmit_ts
		is_error request_code item_count item_size scope

		verdict_id detector detector_version class subclass seed_class severity score techniques src_count dst_count start_ts end_ts coverage suppressed_by`},
	// Of verdicts, which are made of rows of the lake.
	{Keyed, `capture_ids evidence evidence_sql extract`},
})

// A judgement names columns that share a class.
type judgement struct {
	Privacy
	columns string
}

func judge(list []judgement) map[string]Privacy {
	classes := map[string]Privacy{}
	for _, j := range list {
		for _, name := range strings.Fields(j.columns) {
			classes[name] = j.Privacy
		}
	}
	return classes
}

// privacyOf is the class of a column of a table.
func privacyOf(table, column string) Privacy {
	if p, ok := privacy[table+"."+column]; ok {
		return p
	}
	if side, ok := strings.CutPrefix(column, "rev_"); ok {
		column = "fwd_" + side
	}
	return privacy[column]
}

// masked is a column's fill for rows of an anonymised lake.
func masked[R any](c *Column, plain fill[R], m Mask) fill[R] {
	switch c.Privacy {
	case Kept, Keyed:
		return plain
	case Unjudged, Dropped:
		return func(rows []R, to *vector) {
			for range rows {
				to.null()
			}
		}
	}
	by := &textMask{m, c.Privacy}
	return func(rows []R, to *vector) {
		to.texts.mask = by
		plain(rows, to)
	}
}

// A textMask is the mask of a column of text.
type textMask struct {
	Mask
	class Privacy
}

func (m *textMask) append(dst, text []byte) []byte { return m.AppendText(dst, m.class, text) }
