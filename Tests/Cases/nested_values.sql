CREATE TABLE t (id integer, a integer, b text, d numeric(6,2), ts timestamp);
CREATE TABLE u (x integer, y text);
INSERT INTO t VALUES (1, 1, 'p', 1.5, '2020-01-01'), (2, 1, NULL, 2.5, NULL), (3, NULL, 'q r', NULL, '2021-01-01 00:00:00.5'), (4, 1, 'p', 1.50, '2020-01-01'), (5, NULL, NULL, NULL, NULL), (6, 2, '', 0, '1999-12-31');
INSERT INTO u VALUES (1, 'p'), (2, NULL), (NULL, NULL), (1, 'p');
INSERT INTO t VALUES (7, 1, 'p', 1.5, '2020-01-01');
DELETE FROM t WHERE id = 7;
-- queries
-- rows as columns
SELECT id, ROW(a, b) AS r, (d, ts, 'x', NULL) AS s, ROW() AS e, ROW(a) AS one, ROW(id = 1, ARRAY[a, 2], ROW(b, a)) AS nested FROM t;
-- constant rows
SELECT ROW(1, 'a b', NULL, 1.50, true, '2020-01-01'::date, ARRAY['x', NULL], ROW('"', '\')) AS r;
-- names of columns
SELECT ROW(1, 2), (3, 4) AS x;
-- rows as keys
SELECT (a, b) AS k, count(*) AS n FROM t GROUP BY (a, b);
-- a row as one key
SELECT r, count(*) AS n FROM (SELECT ROW(a, b) AS r FROM t) s GROUP BY r;
-- distinct rows
SELECT DISTINCT ROW(a, b) AS r FROM t;
-- aggregates of rows
-- postgresql: SELECT (array_agg((a, b) ORDER BY (a, b) DESC))[1] AS max, (array_agg((a, b) ORDER BY (a, b)))[1] AS min, count(DISTINCT (a, b)) AS n, count((a, b)) AS c FROM t
SELECT max((a, b)) AS max, min(ROW(a, b)) AS min, count(DISTINCT (a, b)) AS n, count((a, b)) AS c FROM t;
-- aggregates of rows by key
-- postgresql: SELECT a, (array_agg((d, id) ORDER BY (d, id) DESC))[1] AS max, array_agg((b, d) ORDER BY id) AS all FROM t GROUP BY a
SELECT a, max((d, id)) AS max, array_agg((b, d) ORDER BY id) AS all FROM t GROUP BY a;
-- compared as values
-- postgresql: SELECT id, r = ROW(1, 'p'::text) AS e, r < ROW(2, 'a'::text) AS l, r IS NULL AS n, r IN (ROW(1, 'p'::text), ROW(2, ''::text)) AS i FROM (SELECT id, ROW(a, b) AS r FROM t) s
SELECT id, r = ROW(1, 'p') AS e, r < ROW(2, 'a') AS l, r IS NULL AS n, r IN (ROW(1, 'p'), ROW(2, '')) AS i FROM (SELECT id, ROW(a, b) AS r FROM t) s;
-- between and case
-- postgresql: SELECT id, r BETWEEN ROW(1, 'a'::text) AND ROW(2, 'z'::text) AS b, CASE r WHEN ROW(1, 'p'::text) THEN 'one' WHEN ROW(2, ''::text) THEN 'two' ELSE 'else' END AS c FROM (SELECT id, ROW(a, b) AS r FROM t) s
SELECT id, r BETWEEN ROW(1, 'a') AND ROW(2, 'z') AS b, CASE r WHEN ROW(1, 'p') THEN 'one' WHEN ROW(2, '') THEN 'two' ELSE 'else' END AS c FROM (SELECT id, ROW(a, b) AS r FROM t) s;
-- greatest and nullif
-- postgresql: SELECT id, greatest(ROW(a, b), ROW(1, 'o'::text)) AS g, nullif(ROW(a, b), ROW(1, 'p'::text)) AS n FROM t
SELECT id, greatest(ROW(a, b), ROW(1, 'o')) AS g, nullif(ROW(a, b), ROW(1, 'p')) AS n FROM t;
-- joined on rows
SELECT t.id, u.y FROM t JOIN (SELECT DISTINCT ROW(x, y) AS r, y FROM u) u ON ROW(t.a, t.b) = u.r;
-- a relation's row
SELECT t, u FROM t JOIN u ON t.a = u.x;
-- a relation's row from an outer join
SELECT t.id, u, u IS NULL AS n FROM t LEFT JOIN u ON t.b = u.y;
-- counted and gathered relations
SELECT count(t) AS n, count(u) AS m FROM t LEFT JOIN u ON t.b = u.y;
-- fields of a relation
SELECT (t).id, (t).b FROM t;
-- a relation of a subquery as JSON
SELECT row_to_json(s) AS j, to_jsonb(s) AS b FROM (SELECT id, b AS "B", ROW(a, d) AS r, ts FROM t) s;
-- a relation as JSON gathered
SELECT json_agg(s ORDER BY id) AS j FROM (SELECT id, b FROM t) s;
-- JSON of rows
SELECT row_to_json(ROW(id, b)) AS a, row_to_json((id, ARRAY[a, id])) AS b, jsonb_build_object('k', ROW(a, b)) AS c FROM t;
-- stars in rows
SELECT ROW(t.*) AS r, ROW(u.*, 1) AS s FROM t JOIN u ON t.a = u.x;
-- stars as arguments
SELECT row_to_json(u.*) AS j, count(u.*) AS n FROM u GROUP BY u.*;
-- in a union
SELECT ROW(a, b) AS r FROM t UNION SELECT ROW(x, y) FROM u;
-- in set operations
SELECT ROW(a, b) AS r FROM t EXCEPT SELECT ROW(x, y) FROM u;
-- in a correlated subquery
SELECT id, (SELECT ROW(max(x), count(*)) FROM u WHERE u.x = t.a) AS r FROM t;
-- as text
SELECT id, ROW(a, b)::text AS t, ROW(a, b)::text || '' AS u FROM t;
-- ordered by rows
SELECT id FROM t ORDER BY ROW(a, b), id;
-- ordered by rows and cut
SELECT id FROM t ORDER BY (b, a) DESC, id LIMIT 2;
-- windows over rows
SELECT id, lag(ROW(a, b)) OVER (ORDER BY id) AS l, first_value((b, d)) OVER (PARTITION BY ROW(a) ORDER BY id) AS f FROM t;
-- arrays of rows
SELECT id, ARRAY[ROW(a, b), ROW(id, 'x')] AS l, (ARRAY[(a, b)])[1] AS e FROM t;
-- unequal width
SELECT r = ROW(1) FROM (SELECT ROW(a, b) AS r FROM t) s;
-- unlike fields
SELECT r = ROW('x', 1) FROM (SELECT ROW(a, b) AS r FROM t) s;
-- no such relation
SELECT zz FROM t;
-- rows and the rows of a subquery
SELECT id, (a, b) < ANY (SELECT x, y FROM u) AS l, (a, b) >= ALL (SELECT x, y FROM u WHERE y IS NOT NULL) AS g, ROW(a, 0) <= ANY (SELECT 1, 0) AS c FROM t;
-- rows kept by the rows of a subquery
SELECT id FROM t WHERE (a, b) > ALL (SELECT x, 'a' FROM u WHERE x < 2);
-- arrays of rows as rows
-- postgresql: SELECT id, f1, f2 FROM t, LATERAL (VALUES (a, b), (id, 'x')) e (f1, f2)
SELECT id, f1, f2 FROM t, unnest(ARRAY[ROW(a, b), ROW(id, 'x')]) AS e;
-- functions of several columns as rows
SELECT id, jsonb_each(jsonb_build_object('a', a, 'b', b)) AS e FROM t;
