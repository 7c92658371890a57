-- postgresql: CREATE TABLE t (id integer, m text, n text)
CREATE TABLE t (id integer, m MAP<TEXT, INTEGER>, n MAP<INTEGER, ROW(a INTEGER, l TEXT[])>);
INSERT INTO t VALUES (1, '{a=1, "b c"=NULL}', '{1="(7,\"{x,y}\")", 2=NULL}'), (2, '{}', '{}'), (3, NULL, NULL);
INSERT INTO t VALUES (4, '{b c = NULL,a=1}', '{5="(,)"}'), (5, '{z=3}', '{1="(8,)"}'), (6, '{z=4}', NULL);
DELETE FROM t WHERE id = 6;
-- queries
-- columns come out in the order of their keys
-- postgresql: SELECT id, CASE id WHEN 4 THEN '{a=1, "b c"=NULL}' ELSE m END AS m, n FROM t
SELECT * FROM t;
-- values by keys
-- postgresql: SELECT * FROM (VALUES (1, 1, NULL::int, 7, 'y'), (2, NULL, NULL, NULL, NULL), (3, NULL, NULL, NULL, NULL), (4, 1, NULL, NULL, NULL), (5, NULL, NULL, 8, NULL)) v (id, a, b, n, y)
SELECT id, m['a'] AS a, element_at(m, 'b c') AS b, (n[1]).a AS n, (n[1]).l[2] AS y FROM t;
-- keys, values and entries
-- postgresql: SELECT * FROM (VALUES (1, 2, '{a,"b c"}', '{1,NULL}', '{"(1,\"(7,\"\"{x,y}\"\")\")","(2,)"}'), (2, 0, '{}', '{}', '{}'), (3, NULL, NULL, NULL, NULL), (4, 2, '{a,"b c"}', '{1,NULL}', '{"(5,\"(,)\")"}'), (5, 1, '{z}', '{3}', '{"(1,\"(8,)\")"}')) v (id, c, k, v, e)
SELECT id, cardinality(m) AS c, map_keys(m) AS k, map_values(m) AS v, map_entries(n) AS e FROM t;
-- has a key
-- postgresql: SELECT id, CASE WHEN id <> 3 THEN id IN (1, 4) END AS a, CASE WHEN id <> 3 THEN id = 5 END AS z FROM t
SELECT id, map_contains(m, 'b c') AS a, map_contains(m, 'z') AS z FROM t;
-- equal and distinct
-- postgresql: SELECT x.id AS a, y.id AS b FROM t x, t y WHERE x.id <> 3 AND (x.id = y.id OR x.id + y.id = 5 AND x.id IN (1, 4))
SELECT x.id AS a, y.id AS b FROM t x JOIN t y ON x.m = y.m;
-- keys of groups
-- postgresql: SELECT * FROM (VALUES ('{a=1, "b c"=NULL}', 2), ('{}', 1), (NULL, 1), ('{z=3}', 1)) v (m, n)
SELECT m, count(*) AS n FROM t GROUP BY m;
-- made of columns
-- postgresql: SELECT id, '{a=' || id || ', b=' || coalesce(CASE WHEN id IN (1, 4) THEN '1' END, 'NULL') || '}' AS m FROM t
SELECT id, MAP['b', m['a'], 'a', id] AS m FROM t;
-- made of arrays
-- postgresql: SELECT id, '{a=x, b=y}' AS m FROM t
SELECT id, MAP(ARRAY['b', 'a'], ARRAY['y', 'x']) AS m FROM t;
-- greatest
-- postgresql: SELECT '{z=3}' AS max, '{}' AS min, 3 AS n FROM (SELECT) t
SELECT max(m) AS max, min(m) AS min, count(DISTINCT m) AS n FROM t;
-- as JSON
-- postgresql: SELECT * FROM (VALUES (1, '{"a":1,"b c":null}', '{"1": {"a": 7, "l": ["x", "y"]}, "2": null}'), (5, '{"z":3}', '{"1": {"a": 8, "l": null}}')) v (id, m, n)
SELECT id, to_json(m)::text AS m, to_jsonb(n)::text AS n FROM t WHERE id IN (1, 5);
-- NULL as a key
-- postgresql: SELECT set_config(CASE WHEN id < 0 THEN 'x' END, 'y', false) FROM t
SELECT MAP['a', 1, CASE WHEN id < 0 THEN 'x' END, 2] FROM t;
-- no order
-- postgresql: SELECT point(1, 1) < point(1, 2) FROM t
SELECT m < m FROM t;
-- a malformed map
-- postgresql: SELECT '{a=1'::int[] FROM t
SELECT '{a=1'::MAP<TEXT, INT> FROM t;
