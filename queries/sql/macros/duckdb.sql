-- What the named queries use that engines write differently, for DuckDB.
CREATE SCHEMA shape; -- empty tables that give views their columns
CREATE MACRO engine_name() AS 'DuckDB';
CREATE MACRO engine_version() AS version();

-- The time of a packet to the nanosecond; NULL beyond what 64 bits of nanoseconds can say (1677 to 2262).
CREATE MACRO time_ns(ts, extra_ns) AS
  CASE WHEN ts BETWEEN TIMESTAMP '1677-09-22 00:00:00' AND TIMESTAMP '2262-04-11 00:00:00'
       THEN make_timestamp_ns(epoch_us(ts) * 1000 + extra_ns) END;
-- Microseconds from one time to a later one; 128 bits, for stamps at both ends of what can be said.
CREATE MACRO micros_between(a, b) AS CAST(epoch_us(b) AS HUGEINT) - epoch_us(a);
-- The start of the bin of width_us microseconds that holds ts, and of the one n bins later; bins are counted from 1970. NULL where no
-- TIMESTAMP can say it.
CREATE MACRO bin_start(ts, width_us) AS TRY(make_timestamp(CAST(epoch_us(ts) - (epoch_us(ts) % width_us + width_us) % width_us AS BIGINT)));
CREATE MACRO bin_after(ts, width_us, n) AS TRY(make_timestamp(CAST(CAST(epoch_us(ts) AS HUGEINT) + n * width_us AS BIGINT)));
-- The least round width of a bin, in microseconds, that is not below us: 1, 2 or 5 of a power of ten, then parts of minutes, hours and days.
CREATE MACRO round_width(us) AS coalesce(list_min(list_filter(
  [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000,
   1000000, 2000000, 5000000, 10000000, 15000000, 30000000, 60000000, 120000000, 300000000, 600000000, 900000000, 1800000000,
   3600000000, 7200000000, 10800000000, 21600000000, 43200000000, 86400000000, 172800000000, 604800000000, 2592000000000],
  lambda w: w >= us)), CAST(us AS BIGINT)); -- the list ends at 30 days

-- Whether an address is that of one host: not multicast, broadcast and the like. (IN would ask for the scope twice.)
CREATE MACRO is_host(ip) AS contains('internal external', ip_scope(ip));
-- A number for a text, to group by in less room than the text itself; it means nothing else.
CREATE MACRO text_hash(text) AS hash(text);

-- Numbers for sentences: 27979 -> 27,979; 12 -> 0x000c.
CREATE MACRO grouped(n) AS format('{:,}', CAST(n AS BIGINT));
CREATE MACRO hex4(n) AS printf('0x%04x', n);
CREATE MACRO two_decimals(x) AS printf('%.2f', x);
CREATE MACRO time_text(ts) AS strftime(ts, '%Y-%m-%d %H:%M:%S');
-- "1 capture", "3 captures"
CREATE MACRO counted(n, noun) AS grouped(n) || ' ' || noun || CASE WHEN n = 1 THEN '' ELSE 's' END;

-- The names of IANA's protocol numbers that are met most; the number for any other.
CREATE MACRO ip_proto_name(n) AS CASE n
  WHEN 1 THEN 'icmp' WHEN 2 THEN 'igmp' WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' WHEN 41 THEN 'ipv6' WHEN 47 THEN 'gre' WHEN 50 THEN 'esp'
  WHEN 51 THEN 'ah' WHEN 58 THEN 'icmpv6' WHEN 89 THEN 'ospf' WHEN 132 THEN 'sctp' ELSE CAST(n AS VARCHAR) END;
-- Whether the address of a packet, inside or outside of its tunnel, lies in a network.
CREATE MACRO ip_any(cidr, src_ip, dst_ip, outer_src_ip := NULL, outer_dst_ip := NULL) AS
  coalesce(ip_in(cidr, src_ip), false) OR coalesce(ip_in(cidr, dst_ip), false) OR coalesce(ip_in(cidr, outer_src_ip), false)
  OR coalesce(ip_in(cidr, outer_dst_ip), false);
-- The items of a list of the schema, a comma within an item still behind its backslash.
CREATE MACRO list_items(l) AS regexp_extract_all(l, '(?:[^,\\]|\\.)+');
-- Whether a request went to a URL, by its Host and target; the scheme does not count.
CREATE MACRO url_in(url, host, uri) AS url_of(url, concat(host, chr(10), uri));
CREATE MACRO ip_prefix(ip, bits) AS ip_prefix_of(ip, CAST(bits AS BIGINT));
CREATE MACRO entropy_bits(b) AS entropy_of(CAST(b AS BLOB));
-- The name of a protocol number, as ip_proto_name.
CREATE MACRO proto_name(n) AS ip_proto_name(n);
-- The code point in the upper six bits of ip_tos (RFC 2474 and IANA's registry); the number for those without a name.
CREATE MACRO dscp_name(tos) AS CASE tos >> 2
  WHEN 0 THEN 'CS0' WHEN 1 THEN 'LE' WHEN 8 THEN 'CS1' WHEN 10 THEN 'AF11' WHEN 12 THEN 'AF12' WHEN 14 THEN 'AF13' WHEN 16 THEN 'CS2' WHEN 18 THEN 'AF21'
  WHEN 20 THEN 'AF22' WHEN 22 THEN 'AF23' WHEN 24 THEN 'CS3' WHEN 26 THEN 'AF31' WHEN 28 THEN 'AF32' WHEN 30 THEN 'AF33' WHEN 32 THEN 'CS4'
  WHEN 34 THEN 'AF41' WHEN 36 THEN 'AF42' WHEN 38 THEN 'AF43' WHEN 40 THEN 'CS5' WHEN 44 THEN 'VOICE-ADMIT' WHEN 45 THEN 'NQB' WHEN 46 THEN 'EF'
  WHEN 48 THEN 'CS6' WHEN 56 THEN 'CS7' ELSE CAST(tos >> 2 AS VARCHAR) END;
-- The name of an ICMP type of IPv4 (proto 1) or IPv6 (58), as IANA registered those that are met most; the number for any other.
CREATE MACRO icmp_name(proto, type) AS CASE WHEN proto = 58 THEN CASE type
    WHEN 1 THEN 'destination unreachable' WHEN 2 THEN 'packet too big' WHEN 3 THEN 'time exceeded' WHEN 4 THEN 'parameter problem'
    WHEN 128 THEN 'echo request' WHEN 129 THEN 'echo reply' WHEN 130 THEN 'multicast listener query' WHEN 131 THEN 'multicast listener report'
    WHEN 132 THEN 'multicast listener done' WHEN 133 THEN 'router solicitation' WHEN 134 THEN 'router advertisement' WHEN 135 THEN 'neighbor solicitation'
    WHEN 136 THEN 'neighbor advertisement' WHEN 137 THEN 'redirect' WHEN 143 THEN 'multicast listener report v2' ELSE CAST(type AS VARCHAR) END
  ELSE CASE type
    WHEN 0 THEN 'echo reply' WHEN 3 THEN 'destination unreachable' WHEN 4 THEN 'source quench' WHEN 5 THEN 'redirect' WHEN 8 THEN 'echo request'
    WHEN 9 THEN 'router advertisement' WHEN 10 THEN 'router solicitation' WHEN 11 THEN 'time exceeded' WHEN 12 THEN 'parameter problem'
    WHEN 13 THEN 'timestamp' WHEN 14 THEN 'timestamp reply' WHEN 17 THEN 'address mask request' WHEN 18 THEN 'address mask reply'
    ELSE CAST(type AS VARCHAR) END END;
CREATE MACRO hexdump(b) AS hexdump_of(CAST(b AS BLOB));
-- The service that IANA registered for a port; proto is a name or IANA's number.
CREATE MACRO port_service(port, proto) AS service_of_port(CAST(port AS BIGINT), CAST(proto AS VARCHAR));
-- An address with its port; IPv6 in brackets (RFC 3986).
CREATE MACRO endpoint(ip, port) AS
  CASE WHEN port IS NULL THEN ip WHEN contains(ip, ':') THEN '[' || ip || ']:' || port ELSE ip || ':' || port END;
-- The first few of a list in its order, as text; "…" stands for the rest.
CREATE MACRO listed(l, n) AS array_to_string(list_sort(l)[1:n], ' ') || CASE WHEN len(l) > n THEN ' …' ELSE '' END;

-- Flags as scapy prints them.
CREATE MACRO ip_flags_text(f) AS CASE WHEN f IS NOT NULL THEN
  concat_ws('+', CASE WHEN f & 1 <> 0 THEN 'MF' END, CASE WHEN f & 2 <> 0 THEN 'DF' END, CASE WHEN f & 4 <> 0 THEN 'evil' END) END;
CREATE MACRO tcp_flags_text(f) AS CASE WHEN f IS NOT NULL THEN concat(
  CASE WHEN f & 1 <> 0 THEN 'F' END, CASE WHEN f & 2 <> 0 THEN 'S' END, CASE WHEN f & 4 <> 0 THEN 'R' END, CASE WHEN f & 8 <> 0 THEN 'P' END,
  CASE WHEN f & 16 <> 0 THEN 'A' END, CASE WHEN f & 32 <> 0 THEN 'U' END, CASE WHEN f & 64 <> 0 THEN 'E' END, CASE WHEN f & 128 <> 0 THEN 'C' END,
  CASE WHEN f & 256 <> 0 THEN 'N' END) END;

-- Bytes first (from 0) to first + length - 1 of a BLOB, in hexadecimal; empty where it has none.
CREATE MACRO hex_part(b, first, length) AS CASE WHEN b IS NULL THEN NULL
  WHEN first >= 0 AND first < octet_length(b) THEN lower(substr(hex(b), first * 2 + 1, length * 2)) ELSE '' END;
-- Sixteen bytes as hexdump -C writes them, from the hexadecimal text of at most that many.
CREATE MACRO hex_bytes(h) AS trim(regexp_replace(h, '(..)', '\1 ', 'g'));
CREATE MACRO hex_ascii(h) AS array_to_string(list_transform(range(0, length(h) // 2),
  lambda i: CASE WHEN CAST('0x' || substr(h, i * 2 + 1, 2) AS INTEGER) BETWEEN 32 AND 126 THEN chr(CAST('0x' || substr(h, i * 2 + 1, 2) AS INTEGER)) ELSE '.' END), '');

-- What kind of file begins with these bytes, given in lower-case hexadecimal; NULL when none that is known. A tool that takes a file
-- for text turns its bytes above 7f into U+FFFD (ef bf bd): where enough of the signature is left, that form counts too.
CREATE MACRO file_magic(h) AS CASE
  WHEN starts_with(h, '89504e470d0a1a0a') OR starts_with(h, 'efbfbd504e470d0a1a0a') THEN 'PNG'
  WHEN starts_with(h, 'ffd8ff') THEN 'JPEG'
  WHEN starts_with(h, '474946383761') OR starts_with(h, '474946383961') THEN 'GIF'
  WHEN starts_with(h, '25504446') THEN 'PDF'
  WHEN starts_with(h, '504b0304') THEN 'ZIP'
  WHEN starts_with(h, '526172211a07') THEN 'RAR'
  WHEN starts_with(h, '377abcaf271c') OR starts_with(h, '377aefbfbdefbfbd271c') THEN '7z'
  WHEN starts_with(h, '1f8b08') THEN 'gzip'
  WHEN starts_with(h, '425a68') THEN 'bzip2'
  WHEN starts_with(h, 'fd377a585a00') OR starts_with(h, 'efbfbd377a585a00') THEN 'xz'
  WHEN starts_with(h, '28b52ffd') THEN 'zstd'
  WHEN starts_with(h, '7f454c46') THEN 'ELF'
  WHEN starts_with(h, '4d5a9000') THEN 'Windows executable'
  WHEN starts_with(h, 'd0cf11e0a1b11ae1') THEN 'OLE document'
  WHEN starts_with(h, '53514c69746520666f726d6174203300') THEN 'SQLite'
  WHEN starts_with(h, '52494646') THEN 'RIFF' END;

-- How flows merge into conversations. A sum of squares in two words of base 2^32, as one number and back.
CREATE MACRO wide(hi, lo) AS CAST(hi AS HUGEINT) * 4294967296 + lo;
CREATE MACRO high_word(w) AS TRY_CAST(w // 4294967296 AS BIGINT);
CREATE MACRO low_word(w) AS CAST(w % 4294967296 AS BIGINT);
-- The standard deviation of a population of n numbers, by their sum and that of their squares.
CREATE MACRO deviation(total, squares, n) AS
  sqrt(CAST(CAST(n AS HUGEINT) * squares - CAST(total AS HUGEINT) * total AS DOUBLE)) / nullif(n, 0);
-- Times with their nanoseconds, for comparison.
CREATE MACRO time_order(ts, extra_ns) AS CAST(epoch_us(ts) AS HUGEINT) * 1000 + extra_ns;
-- Upper case for lower and lower for upper.
CREATE MACRO swapped_case(s) AS translate(s, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ');
-- conn_state by what was counted of both sides, as flows has it; syns, synacks, fins, rsts are NULL unless the protocol is TCP.
CREATE MACRO tcp_side(packets, syns, synacks, fins, rsts, other_syns, other_synacks) AS CASE
  WHEN rsts > 0 THEN 6 WHEN fins > 0 THEN 5
  WHEN syns + synacks > 0 AND other_syns + other_synacks > 0 AND synacks + other_synacks > 0 THEN 4
  WHEN syns > 0 THEN 3 WHEN synacks > 0 THEN 2 WHEN packets > 0 THEN 1 ELSE 0 END; -- reset, closed, established, SYN sent, SYN and ACK sent, partial, inactive
CREATE MACRO tcp_state(orig, resp, orig_syn, resp_syn, empty) AS CASE
  WHEN resp = 6 AND orig_syn AND NOT resp_syn AND (orig <= 3 OR orig = 6 AND empty) THEN 'REJ'
  WHEN resp = 6 AND orig <= 1 THEN 'RSTRH' WHEN resp = 6 THEN 'RSTR'
  WHEN orig = 6 AND resp <= 1 THEN 'RSTOS0' WHEN orig = 6 THEN 'RSTO'
  WHEN orig = 5 AND resp = 5 THEN 'SF' WHEN orig = 5 AND resp <= 1 THEN 'SH' WHEN orig = 5 THEN 'S2'
  WHEN resp = 5 AND orig <= 1 THEN 'SHR' WHEN resp = 5 THEN 'S3'
  WHEN orig = 3 AND resp = 0 THEN 'S0' WHEN orig = 4 AND resp = 4 THEN 'S1' ELSE 'OTH' END;
CREATE MACRO conn_state_of(proto, port, packets, syns, synacks, fins, rsts, rev_packets, rev_syns, rev_synacks, rev_fins, rev_rsts, payload) AS CASE
  WHEN proto = 17 AND port IS NOT NULL THEN CASE WHEN packets > 0 AND rev_packets > 0 THEN 'SF' WHEN packets > 0 THEN 'S0' ELSE 'SHR' END
  WHEN syns IS NULL THEN 'OTH'
  ELSE tcp_state(tcp_side(packets, syns, synacks, fins, rsts, rev_syns, rev_synacks), tcp_side(rev_packets, rev_syns, rev_synacks, rev_fins, rev_rsts, syns, synacks),
                 syns > 0, rev_syns + rev_synacks > 0, payload = 0) END;
