-- What functions of one text say of values that may come from the wire and from people: addresses that are none, or nearly, and what no name is.
SELECT x, ip_scope(x) AS scope, is_private(x) AS private, is_host(x) AS host, net_name(x) AS network, country(x) AS country, asn(x) AS asn, as_org(x) AS org, vendor(x) AS vendor,
       etld1(x) AS domain, reason_doc(x) AS reason, file_magic(x) AS magic, swapped_case(x) AS swapped, hex_bytes(x) AS bytes, hexdump(encode(x)) AS dump,
       entropy_bits(encode(x)) AS entropy, hex_part(encode(x), 1, 3) AS part, hex_ascii(lower(hex(encode(x)))) AS ascii, list_items(x) AS items
FROM (SELECT unnest(['', ' ', '0.0.0.0', '10.0.0.1', '010.0.0.1', '10.0.0.1 ', '10.0.0', '10.0.0.256', '172.31.255.255', '172.32.0.0', '192.168.1.7', '169.254.1.1', '100.64.0.1',
  '127.0.0.53', '224.0.0.251', '255.255.255.255', '::', '::1', 'fe80::1', 'fe80::1%eth0', 'ff02::fb', 'fd00::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '2001:db8::1', '2001:DB8::1',
  '1::2::3', '8.8.8.8/32', '00:00:0c:12:34:56', 'ff:ff:ff:ff:ff:ff', 'a.b.example.co.uk.', 'co.uk', 'WWW.EXAMPLE.ORG', 'tcp', 'icmp', '''', '$1', 'ü ß 中 😀', 'a,b,,c', 'no-ethernet',
  'ip-total-length', '89504e470d0a1a0a00', 'efbfbd504e470d0a1a0a']) AS x)
ORDER BY x
