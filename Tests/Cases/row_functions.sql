CREATE TABLE t (id integer, tags text, low integer, high integer, doc jsonb, at timestamp);
INSERT INTO t VALUES (1, 'a,b,c', 1, 3, '{"x": [1, 2], "y": "z"}', '2024-01-31 00:00:00'), (2, '', 5, 4, '{"x": []}', '2024-02-29 12:00:00');
INSERT INTO t VALUES (3, NULL, 7, 7, NULL, NULL), (4, 'q', NULL, 2, '{"x": [null, {"k": 1}]}', '2023-12-31 00:00:00'), (5, 'd,e', -1, 0, '{}', '2024-03-31 00:00:00');
DELETE FROM t WHERE id = 5;
-- queries
-- constants in from
SELECT * FROM generate_series(3, -3, -2);
-- more than ten thousand
SELECT count(*), sum(n) FROM generate_series(1, 200000) n;
-- decimals
SELECT * FROM generate_series(1.1, 2, 0.25);
-- dates of a month with its end
SELECT * FROM generate_series('2024-01-31'::timestamp, '2024-06-01', '1 month');
-- with ordinality
SELECT * FROM unnest(ARRAY['x', NULL, 'z']) WITH ORDINALITY AS u(v, n);
-- two arrays side by side
SELECT * FROM unnest(ARRAY[1, 2, 3], ARRAY['a']) AS u(n, l);
-- two dimensions
SELECT unnest(ARRAY[[1, 2], [3, 4]]);
-- over a column, in the select list
SELECT id, unnest(string_to_array(tags, ',')) FROM t;
-- over columns, a series
SELECT id, generate_series(low, high) FROM t;
-- two functions in step
SELECT id, generate_series(low, high) AS n, unnest(string_to_array(tags, ',')) AS tag FROM t;
-- inside an expression
SELECT id, generate_series(1, high) * 10 + id FROM t;
-- lateral by the comma
SELECT id, tag, n FROM t, unnest(string_to_array(tags, ',')) WITH ORDINALITY AS u(tag, n);
-- cross join with a filter
SELECT id, n FROM t CROSS JOIN generate_series(low, high + 1) AS n WHERE n > id;
-- left join keeps rows without any
SELECT id, n FROM t LEFT JOIN LATERAL generate_series(low, high) AS n ON true;
-- left join with a condition
SELECT id, n FROM t LEFT JOIN LATERAL generate_series(low, high) AS n ON n % 2 = 1;
-- in a scalar subquery
SELECT id, (SELECT sum(n) FROM generate_series(low, high) n) FROM t;
-- an array of a subquery
SELECT id, ARRAY(SELECT n * n FROM generate_series(low, high) n ORDER BY n DESC) FROM t;
-- exists over a function
SELECT id FROM t WHERE EXISTS (SELECT 1 FROM unnest(string_to_array(tags, ',')) tag WHERE tag > 'a');
-- elements of json
SELECT id, e FROM t, jsonb_array_elements(doc -> 'x') AS e;
-- elements of json as text
SELECT id, e FROM t, jsonb_array_elements_text(doc -> 'x') AS e;
-- members of json
SELECT id, key, value FROM t, jsonb_each(doc);
-- keys of json
SELECT id, jsonb_object_keys(doc) FROM t;
-- regular expressions
SELECT id, m FROM t, regexp_matches(tags, '([a-z])(,)?', 'g') AS m;
-- pieces by a pattern
SELECT id, regexp_split_to_table(tags, ',') FROM t;
-- subscripts
SELECT id, generate_subscripts(string_to_array(tags, ','), 1) FROM t;
-- months from a column
SELECT id, m FROM t, generate_series(at, at + interval '2 months', interval '1 month') AS m;
-- grouped behind it
SELECT tag, count(*) FROM (SELECT unnest(string_to_array(tags, ',')) AS tag FROM t) u GROUP BY tag;
-- a step of zero
SELECT id, generate_series(1, 2, id - 1) FROM t;
-- elements of no array
SELECT jsonb_array_elements(doc) FROM t;
-- one inside another
SELECT id, unnest(string_to_array(unnest(string_to_array(tags, ',')), 'b')) AS part FROM t;
-- one inside another beside a third
SELECT id, unnest(regexp_matches(tags, '[a-c]', 'g')) AS letter, generate_series(1, 2) AS n FROM t;
-- a series over a series
SELECT id, generate_series(1, generate_series(low, high)) AS n FROM t WHERE low > 0;
-- over groups
SELECT low, generate_series(1, count(*) + low) AS n FROM t GROUP BY low;
-- the members of an array that a group collects
SELECT low > 1 AS big, unnest(array_agg(id ORDER BY id DESC)) AS id FROM t GROUP BY low > 1;
-- over all rows
SELECT unnest(array_agg(id ORDER BY id)) AS id, max(high) AS top FROM t;
-- of groups that HAVING keeps
SELECT high, generate_series(1, high) AS n FROM t GROUP BY high HAVING count(*) = 1 AND high < 4;
-- beside a window function
SELECT id, rank() OVER (ORDER BY high, id) AS place, generate_series(1, high) AS n FROM t;
-- over the value of a subquery
SELECT id, generate_series(1, (SELECT max(u.high) FROM t u WHERE u.low = t.low)) AS n FROM t;
-- distinct rows
SELECT DISTINCT low > 1 AS big, generate_series(1, high) AS n FROM t;
