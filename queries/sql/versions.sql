-- title: Versions
-- doc: What answered the queries and what wrote the lake.
-- report: provenance 20

SELECT engine_name() AS program, engine_version() AS version, NULL AS captures
UNION ALL
SELECT 'pcaplake', tool_version, count(*) FROM captures WHERE tool_version <> '' GROUP BY tool_version
UNION ALL
SELECT 'schema', CAST(schema_version AS VARCHAR), count(*) FROM captures WHERE status = 'ok' GROUP BY schema_version
ORDER BY program, version
