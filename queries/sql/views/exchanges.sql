-- The contacts in which something was exchanged, or which were under way: those whose outcome is used or midstream. In four parts, whose conditions the engine holds
-- against the statistics of files: of millions of SYNs that nothing answered no other column is read.
SELECT * FROM contacts WHERE rev_packets > 0 AND outcome IN ('used', 'midstream')
UNION ALL SELECT * FROM contacts WHERE rev_packets = 0 AND fwd_packets > 1 AND outcome IN ('used', 'midstream')
UNION ALL SELECT * FROM contacts WHERE rev_packets = 0 AND fwd_packets = 1 AND ip_proto = 6 AND fwd_syns = 0 AND outcome IN ('used', 'midstream')
UNION ALL SELECT * FROM contacts WHERE rev_packets = 0 AND fwd_packets = 1 AND ip_proto <> 6 AND outcome IN ('used', 'midstream')
