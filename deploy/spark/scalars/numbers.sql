-- What is said of numbers, rounding included.
SELECT n, grouped(n * 1001) AS grouped, hex4(n) AS hex, two_decimals(n / 7) AS two, two_decimals(n / 8) AS half, counted(n, 'x') AS counted, ip_proto_name(n) AS proto, proto_name(n) AS name,
       dscp_name(n) AS dscp, icmp_name(1, n) AS icmp, icmp_name(58, n) AS icmp6, ip_flags_text(n) AS ip_flags, tcp_flags_text(n) AS tcp_flags, round_width(n * n * n * 1000) AS width,
       round(n / 8, 2) AS rounded, round(n / 200, 2) AS again, wide(n, n) AS wide, high_word(wide(n, n)) AS high, low_word(wide(n, n)) AS low, deviation(n, n * n, 2) AS deviation,
       printf('%.1f', n / 20) AS one, n // 7 AS whole, n % 7 AS rest, n / 0 AS nothing
FROM (SELECT unnest(range(0, 520)) AS n)
ORDER BY n
