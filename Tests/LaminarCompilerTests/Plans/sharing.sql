CREATE SOURCE s (a INT, b INT, c TEXT);
CREATE VIEW big AS SELECT a, b * 2 AS twice FROM s WHERE a > 10;
CREATE SINK x FROM big WHERE twice < 100 INTO FILE (path = 'x.ndjson');
CREATE SINK y AS SELECT twice, COUNT(*) AS n FROM big GROUP BY twice INTO FILE (path = 'y.ndjson');
SELECT a FROM big UNION ALL SELECT b FROM s;
SELECT 1 + 1 AS two, 'x' || 'y', NULL;
