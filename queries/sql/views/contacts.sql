-- The flows that a host began, of TCP, UDP and queries of ICMP, with what came of them; multicast and broadcast are left out. outcome: used (both sides sent
-- data, or an answer came), unused (TCP was opened and the client sent nothing), half-open (the client never confirmed), refused (a reset, or an ICMP error
-- that quotes it), unanswered, stealth (TCP without SYN, ACK and RST, or a lone ACK or FIN that a reset answers, with data too, or nothing where the capture holds both directions), midstream (TCP whose beginning was
-- not captured, or whose answers were not: the client confirms them, or the capture holds one direction).
SELECT * FROM begun WHERE is_host(dst_ip) AND is_host(src_ip)
