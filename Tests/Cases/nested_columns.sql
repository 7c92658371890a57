-- postgresql: CREATE TYPE inner_row AS (x timestamp, ok boolean); CREATE TYPE outer_row AS (a integer, b text, n inner_row, l integer[]); CREATE TABLE t (id integer, r outer_row, rs inner_row[], tags text[], m numeric[])
CREATE TABLE t (id integer, r ROW(a integer, b text, n STRUCT<x timestamp, ok boolean>, l integer[]), rs ROW<x timestamp, ok boolean>[], tags text[], m numeric[]);
INSERT INTO t VALUES (1, '(1,"a b","(""2020-01-02 03:04:05"",t)","{1,NULL,3}")', '{"(\"2020-01-02 03:04:05\",t)",NULL,"(,f)"}', '{a,"b c",NULL,"q\"\\"}', '{{1.0,2},{3,4}}');
INSERT INTO t VALUES (2, '(,"",,{})', '{}', '{}', NULL), (3, NULL, NULL, NULL, '{1.00}'), (4, '(1,"a b","(""2020-01-02 03:04:05"",f)",)', '{"(,)"}', '{a}', '{NaN,-1}');
INSERT INTO t VALUES (5, '(2,"(,""\\","(,)","{{1,2},{3,4}}")', NULL, '{a,b}', '{1}'), (6, '(,,,)', '{}', '{NULL}', '{}');
INSERT INTO t VALUES (7, '(2,,,)', '{}', '{b}', '{2}');
DELETE FROM t WHERE id = 7;
-- queries
-- columns come out as they came in
SELECT * FROM t;
-- fields
SELECT id, (r).a, (r).b, (t.r).n.x AS x, ((r).n).ok AS ok, (r).l[2] AS l, (rs[1]).ok AS first_ok, (r).l[2][1] AS m FROM t;
-- fields as columns
SELECT id, (r).* FROM t;
-- fields of fields in conditions
SELECT id FROM t WHERE (r).n.ok OR (r).l[1] = 1;
-- null tests of rows
SELECT id, r IS NULL AS n, r IS NOT NULL AS nn, (r).n IS NULL AS nested FROM t;
-- comparison of rows by fields, NULL last
SELECT x.id AS a, y.id AS b, x.r = y.r AS e, x.r <> y.r AS n, x.r < y.r AS l, x.r >= y.r AS g FROM t x, t y;
-- distinct from
SELECT x.id AS a, y.id AS b FROM t x JOIN t y ON x.r IS NOT DISTINCT FROM y.r;
-- rows as keys
SELECT r, count(*) AS n FROM t GROUP BY r;
-- fields as keys
SELECT (r).a, (r).b, count(*) AS n FROM t GROUP BY (r).a, (r).b;
-- greatest and least rows
-- postgresql: SELECT (array_agg(r ORDER BY r DESC))[2] AS max, (array_agg(r ORDER BY r))[1] AS min, max(tags) AS max_tags, min(tags) AS min_tags FROM t
SELECT max(r) AS max, min(r) AS min, max(tags) AS max_tags, min(tags) AS min_tags FROM t;
-- distinct rows
SELECT DISTINCT (r).n AS n FROM t;
-- counted rows
SELECT count(r) AS r, count(DISTINCT (r).n) AS n, count(DISTINCT tags) AS tags FROM t;
-- ordered by rows
SELECT id FROM t ORDER BY r DESC, id;
-- ordered by arrays and cut
SELECT id, tags FROM t ORDER BY tags NULLS FIRST, id LIMIT 3;
-- rank by rows
SELECT id, rank() OVER (ORDER BY r) AS r, rank() OVER (ORDER BY tags DESC) AS t FROM t;
-- gathered by an order of rows
SELECT array_agg(id ORDER BY r, id) AS ids, array_agg((r).n ORDER BY id) AS ns FROM t;
-- JSON of columns
SELECT id, to_json(r) AS r, to_jsonb(r) AS b, to_json(rs) AS rs, array_to_json(m) AS m FROM t;
-- JSON gathered
SELECT jsonb_agg(r ORDER BY id) AS r FROM t WHERE id < 3;
-- union
SELECT r FROM t WHERE id < 3 UNION SELECT r FROM t WHERE id <> 2;
-- texts
SELECT id, r::text AS r, rs::text || '!' AS rs FROM t;
-- case and coalesce
SELECT id, CASE WHEN id < 3 THEN r END AS c, coalesce((r).n, (rs[1])) AS n FROM t;
-- a malformed row
-- postgresql: SELECT '(1'::outer_row FROM t
SELECT '(1'::ROW(a integer, b text) FROM t;
-- too many fields
-- postgresql: SELECT '(1,2)'::inner_row FROM t
SELECT '(1,2,3)'::ROW(a integer, b text) FROM t;
-- a field of another type
-- postgresql: SELECT '(x,,,)'::outer_row FROM t
SELECT '(x,)'::ROW(a integer, b text) FROM t;
-- no such field
SELECT (r).zz FROM t;
-- no field of a number
SELECT (id).a FROM t;
