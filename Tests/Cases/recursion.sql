CREATE TABLE edges (a integer, b integer, cost integer);
CREATE TABLE parts (part text, component text, count integer);
INSERT INTO edges VALUES (1, 2, 5), (2, 3, 1), (3, 1, 2), (4, 5, 9);
INSERT INTO parts VALUES ('bicycle', 'wheel', 2), ('wheel', 'spoke', 32), ('wheel', 'rim', 1), ('bicycle', 'frame', 1);
INSERT INTO edges VALUES (3, 4, 7), (NULL, 6, 1), (6, NULL, 1), (5, 5, 0);
INSERT INTO parts VALUES ('spoke', 'nipple', 1), ('frame', 'tube', 4), ('rim', 'tape', NULL);
-- queries
-- counting
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 100) SELECT count(*), sum(n) FROM t;
-- reachable nodes of a graph with cycles
WITH RECURSIVE reach AS (
  SELECT a, b FROM edges UNION SELECT reach.a, edges.b FROM reach JOIN edges ON reach.b = edges.a
) SELECT a, b FROM reach;
-- from one node on, the reference on the right
WITH RECURSIVE reach(node) AS (
  SELECT 1 UNION SELECT e.b FROM edges e JOIN reach r ON r.node = e.a
) SELECT node FROM reach;
-- paths of bounded length, as often as there are
WITH RECURSIVE paths(a, b, cost, hops) AS (
  SELECT a, b, cost, 1 FROM edges
  UNION ALL
  SELECT p.a, e.b, p.cost + e.cost, p.hops + 1 FROM paths p, edges e WHERE p.b = e.a AND p.hops < 4
) SELECT a, b, hops, min(cost), count(*) FROM paths GROUP BY a, b, hops;
-- a bill of materials
WITH RECURSIVE needed(part, count) AS (
  SELECT component, count::bigint FROM parts WHERE part = 'bicycle'
  UNION ALL
  SELECT p.component, n.count * p.count FROM needed n JOIN parts p ON p.part = n.part
) SELECT part, sum(count) FROM needed GROUP BY part;
-- text that grows
WITH RECURSIVE trail AS (
  SELECT part, component, part || '/' || component AS path FROM parts WHERE part = 'bicycle'
  UNION ALL
  SELECT p.part, p.component, t.path || '/' || p.component FROM trail t JOIN parts p ON p.part = t.component
) SELECT path FROM trail;
-- read twice
WITH RECURSIVE reach AS (
  SELECT a, b FROM edges UNION SELECT reach.a, edges.b FROM reach JOIN edges ON reach.b = edges.a
) SELECT x.a, x.b FROM reach x JOIN reach y ON x.a = y.b AND x.b = y.a WHERE x.a <= x.b;
-- one recursion over another
WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 3),
pairs(n, m) AS (SELECT n, 0 FROM up UNION ALL SELECT n, m + 1 FROM pairs WHERE m < n)
SELECT n, m FROM pairs;
-- one recursion inside another
WITH RECURSIVE outward(n) AS (
  SELECT 1
  UNION ALL
  (WITH RECURSIVE inward(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM inward WHERE k < 3)
   SELECT outward.n + 1 FROM outward JOIN inward ON outward.n = inward.k)
) SELECT n FROM outward;
-- nulls are one value to UNION
WITH RECURSIVE t(a) AS (SELECT a FROM edges WHERE a IS NULL UNION SELECT NULL FROM t) SELECT a FROM t;
-- a table that both terms read, without the rows of another
WITH RECURSIVE leaf(part) AS (
  SELECT part FROM parts WHERE part = 'bicycle'
  UNION ALL
  SELECT p.component FROM leaf l JOIN parts p ON p.part = l.part WHERE p.component IN (SELECT part FROM parts)
) SELECT part FROM leaf;
-- of an outer join the side that is kept
WITH RECURSIVE walk(node, hops) AS (
  SELECT 4, 0 UNION ALL SELECT e.b, w.hops + 1 FROM walk w LEFT JOIN edges e ON e.a = w.node WHERE w.hops < 3
) SELECT node, hops FROM walk;
-- functions that give rows
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n * 10 + k FROM t, generate_series(1, 2) k WHERE n < 100) SELECT n FROM t;
-- in a subquery
SELECT a, (SELECT max(n) FROM (WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n * 2 FROM t WHERE n < 50) SELECT n FROM t) s)
FROM edges WHERE a < 3;
-- a column that becomes null
WITH RECURSIVE t(a, b) AS (SELECT 1, 2 UNION ALL SELECT b, NULL FROM t WHERE a IS NOT NULL) SELECT a, b FROM t;
-- the query itself in its first term
WITH RECURSIVE t(n) AS (SELECT n FROM t UNION ALL SELECT 1) SELECT n FROM t;
-- no union
WITH RECURSIVE t(n) AS (SELECT n + 1 FROM t) SELECT n FROM t;
-- the query itself twice
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT x.n + y.n FROM t x, t y WHERE x.n < 5) SELECT n FROM t;
-- an aggregate over itself
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT max(n) + 1 FROM t) SELECT n FROM t;
-- on the side of an outer join that is padded
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT e.b FROM edges e LEFT JOIN t ON e.a = t.n) SELECT n FROM t;
-- another type
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT 'a' || n FROM t) SELECT n FROM t;
-- fewer columns
WITH RECURSIVE t(n, m) AS (SELECT 1, 2 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t;
