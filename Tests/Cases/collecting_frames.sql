CREATE TABLE t (id integer, k text, v integer, word text);
INSERT INTO t VALUES (1, 'a', 3, 'three'), (2, 'a', 1, 'one'), (3, 'b', 2, NULL), (4, 'a', NULL, 'a word of more than twelve bytes'), (5, 'b', 5, 'five'), (6, 'a', 3, 'gone');
INSERT INTO t VALUES (7, 'b', 2, 'two'), (8, 'c', 8, 'eight'), (9, 'a', 9, 'nine');
DELETE FROM t WHERE id = 6;
-- queries
-- from the first row on
SELECT id, array_agg(v) OVER (PARTITION BY k ORDER BY id) AS vs FROM t;
-- of peers together
SELECT id, array_agg(id) OVER (PARTITION BY k ORDER BY v) AS ids FROM t WHERE v <> 2 OR id = 3;
-- of all rows of a partition
SELECT id, string_agg(word, ', ') OVER (PARTITION BY k ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS words FROM t;
-- of rows around
SELECT id, array_agg(word) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS words FROM t;
-- without the row itself
SELECT id, string_agg(word, '-') OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING EXCLUDE CURRENT ROW) AS words FROM t;
-- with a filter
SELECT id, array_agg(v) FILTER (WHERE v > 2) OVER (PARTITION BY k ORDER BY id) AS vs FROM t;
-- a delimiter of the row
SELECT id, string_agg(word, k) OVER (ORDER BY id) AS words FROM t WHERE word IS NOT NULL;
-- bytes
SELECT id, string_agg(word::bytea, '\x00'::bytea) OVER (PARTITION BY k ORDER BY id) AS words FROM t;
-- json
SELECT id, json_agg(v) OVER (PARTITION BY k ORDER BY id) AS vs, jsonb_agg(word) OVER (ORDER BY id ROWS 1 PRECEDING) AS words FROM t;
-- json objects
SELECT id, json_object_agg(id, v) OVER (PARTITION BY k ORDER BY id) AS vs, jsonb_object_agg(id, word) OVER (PARTITION BY k ORDER BY id DESC) AS words FROM t;
-- frames that hold no row
SELECT id, array_agg(v) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 2 PRECEDING) AS vs FROM t;
-- over groups
SELECT k, array_agg(max(v)) OVER (ORDER BY k) AS tops FROM t GROUP BY k;
-- taken apart again
SELECT id, unnest(array_agg(id) OVER (ORDER BY id ROWS 1 PRECEDING)) AS near FROM t;
-- a perfect correlation
SELECT id, corr(id, id) OVER (ORDER BY id ROWS 1 PRECEDING) AS c FROM t;
