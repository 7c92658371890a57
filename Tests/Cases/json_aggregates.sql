CREATE TABLE t (k integer, name text, n integer, at timestamp, doc jsonb);
INSERT INTO t VALUES (1, 'b', 2, '2024-01-01 10:00:00', '{"x": 1}'), (1, 'a', NULL, NULL, '[1, 2]'), (2, NULL, 5, '2024-01-02 00:00:00', NULL), (1, 'c', 7, '2024-01-03 00:00:00', '"s"');
INSERT INTO t VALUES (3, 'a', 9, '2024-02-01 00:00:00', 'null');
DELETE FROM t WHERE n = 7;
-- queries
-- values and nulls
SELECT k, jsonb_agg(n ORDER BY name), jsonb_agg(at ORDER BY name) FROM t GROUP BY k;
-- json keeps its own form
SELECT k, json_agg(doc ORDER BY name), jsonb_agg(doc ORDER BY name) FROM t GROUP BY k;
-- objects, the last of equal keys
SELECT jsonb_object_agg(name, n ORDER BY k) FROM t WHERE name IS NOT NULL;
-- objects by group with a filter
SELECT k, json_object_agg(name, n ORDER BY name) FILTER (WHERE name IS NOT NULL) FROM t GROUP BY k;
-- a key of null
SELECT jsonb_object_agg(name, n) FROM t;
-- of no rows
SELECT jsonb_agg(n), json_object_agg(name, n) FROM t WHERE k > 10;
-- inside an expression
SELECT k, jsonb_agg(n ORDER BY n) -> 0 AS first FROM t GROUP BY k;
