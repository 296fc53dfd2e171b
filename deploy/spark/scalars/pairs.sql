-- The same of functions of a text and a number.
SELECT x, n, ip_in('10.0.0.0/8', x) AS a, ip_in('fe80::/10', x) AS b, ip_in(x, '10.0.0.1') AS c, ip_any('10.0.0.1', x, '::1') AS d, ip_prefix(x, n) AS prefix, endpoint(x, n) AS endpoint,
       domain_in('example.org', x) AS e, url_in('http://a/b', x, '/b') AS f, uri_in('/b', x) AS g, port_service(n, x) AS service
FROM (SELECT unnest(['', '10.0.0.1', '10.0.0.1 ', '10.0.0.256', '10.0.0.0/33', '10.0.0.0/8', 'fe80::1', 'fe80::1%eth0', '::ffff:10.0.0.1', '::', 'a', 'A', 'example.org', 'www.EXAMPLE.org.',
  'notexample.org', '/b', '/B', 'http://a/b', 'tcp', 'TCP', '6', '17', '132', '-1', '99999999999999999999']) AS x)
CROSS JOIN (VALUES (-1), (0), (8), (22), (53), (80), (128), (443), (65535), (65536), (NULL)) AS v(n)
ORDER BY x, n
