-- The last name that a client resolved to an address, at a time or before.
CREATE MACRO resolved_name(who, ip, at_ts) AS (SELECT arg_max(r.name, r.ts) FROM resolutions r WHERE r.client = who AND r.address = ip AND r.ts <= at_ts);
