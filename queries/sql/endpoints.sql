-- title: Endpoints
-- doc: Addresses by the IP bytes that they sent and received, with what is known of them: scope, names, vendors, services.
-- param: top INTEGER 100 rows shown
-- report: hosts 10

SELECT address, scope, country, as_org, listed(vendors, 3) AS vendors, listed(dhcp_names, 3) AS dhcp_names, listed(dns_names, 3) AS dns_names, flows, peers,
       packets_sent, packets_received, bytes_sent, bytes_received, listed(services_offered, 8) AS services_offered, listed(services_used, 8) AS services_used,
       first_ts, last_ts
FROM hosts
ORDER BY bytes_sent + bytes_received DESC, address
LIMIT $top
