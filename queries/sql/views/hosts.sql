-- One row per address that sent or was sent IP packets: what is known of it in the period. macs and vendors only of internal addresses (of others they
-- are the router's), and of ARP and DHCP; names as DHCP and DNS gave them; services offered are those at which it answered, used those that answered it:
-- what was recognised in the content, else IANA's name of the port, else the port.
WITH sides AS (
  SELECT src_ip AS address, src_mac AS mac, first_ts, last_ts, fwd_packets AS packets_sent, rev_packets AS packets_received, fwd_ip_bytes AS bytes_sent,
         rev_ip_bytes AS bytes_received, dst_ip AS peer, NULL AS offered,
         CASE WHEN rev_packets > 0 AND dst_port IS NOT NULL THEN coalesce(service, port_service(dst_port, ip_proto), dst_port || '/' || ip_proto_name(ip_proto)) END AS used
  FROM flows
  UNION ALL
  SELECT dst_ip, dst_mac, first_ts, last_ts, rev_packets, fwd_packets, rev_ip_bytes, fwd_ip_bytes, src_ip,
         CASE WHEN rev_packets > 0 AND coalesce(rev_synacks > 0 OR rev_payload_packets > 0, rev_payload_packets > 0) AND dst_port IS NOT NULL
              THEN coalesce(service, port_service(dst_port, ip_proto), dst_port || '/' || ip_proto_name(ip_proto)) END, NULL
  FROM flows
), hardware AS (
  SELECT DISTINCT address, mac FROM sides WHERE mac IS NOT NULL AND ip_scope(address) = 'internal'
  UNION
  SELECT sender_ip, sender_mac FROM arp WHERE sender_ip IS NOT NULL AND sender_mac IS NOT NULL
  UNION
  SELECT coalesce(assigned_ips, client_ip), client_mac FROM dhcp WHERE client_mac IS NOT NULL AND coalesce(assigned_ips, client_ip) IS NOT NULL
), macs AS (
  SELECT address, list(DISTINCT mac ORDER BY mac) AS macs, list(DISTINCT vendor(mac) ORDER BY vendor(mac)) FILTER (vendor(mac) IS NOT NULL) AS vendors
  FROM hardware GROUP BY address
), leases AS ( -- names stand in what the client sends, addresses in what the server does
  SELECT client_mac, max(coalesce(fqdn, hostname)) AS name FROM dhcp WHERE coalesce(fqdn, hostname) IS NOT NULL GROUP BY client_mac
), dhcp_names AS (
  SELECT address, list(DISTINCT name ORDER BY name) AS dhcp_names FROM hardware JOIN leases ON client_mac = mac GROUP BY address
), dns_names AS (
  SELECT address, list(DISTINCT name ORDER BY name) AS dns_names FROM resolutions GROUP BY address
), totals AS (
  SELECT address, min(first_ts) AS first_ts, max(last_ts) AS last_ts, count(*) AS flows, count(DISTINCT peer) AS peers,
         CAST(sum(packets_sent) AS BIGINT) AS packets_sent, CAST(sum(packets_received) AS BIGINT) AS packets_received,
         CAST(sum(bytes_sent) AS BIGINT) AS bytes_sent, CAST(sum(bytes_received) AS BIGINT) AS bytes_received,
         list(DISTINCT offered ORDER BY offered) FILTER (offered IS NOT NULL) AS services_offered,
         list(DISTINCT used ORDER BY used) FILTER (used IS NOT NULL) AS services_used
  FROM sides WHERE address IS NOT NULL GROUP BY address
)
SELECT address, ip_scope(address) AS scope, net_name(address) AS network, net_site(address) AS site, net_server(address) AS server,
       country(address) AS country, asn(address) AS asn, as_org(address) AS as_org, macs, vendors, dhcp_names, dns_names,
       first_ts, last_ts, flows, peers, packets_sent, packets_received, bytes_sent, bytes_received, services_offered, services_used
FROM totals
LEFT JOIN macs USING (address)
LEFT JOIN dhcp_names USING (address)
LEFT JOIN dns_names USING (address)
