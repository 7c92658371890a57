-- Functions and aggregates written in Swift.
CREATE FUNCTION distance(x DOUBLE PRECISION, y DOUBLE PRECISION) RETURNS DOUBLE PRECISION IMMUTABLE STRICT LANGUAGE SWIFT;
CREATE FUNCTION label(name TEXT, rank BIGINT) RETURNS TEXT LANGUAGE SWIFT CALLED ON NULL INPUT AS 'Labels.label';
CREATE FUNCTION checked_root(a DOUBLE PRECISION) RETURNS DOUBLE PRECISION LANGUAGE SWIFT STRICT AS 'checkedRoot';
CREATE AGGREGATE spread(a DOUBLE PRECISION) RETURNS DOUBLE PRECISION LANGUAGE SWIFT RETRACTABLE AS 'Spread';
CREATE AGGREGATE longest(a TEXT) RETURNS TEXT LANGUAGE SWIFT AS 'Longest';

CREATE SOURCE points (
    name TEXT, x DOUBLE PRECISION, y DOUBLE PRECISION, rank BIGINT, moment TIMESTAMP NOT NULL, WATERMARK FOR moment AS moment
);

CREATE STREAM placed AS
SELECT label(name, rank) AS label, distance(x, y) + 1 AS far FROM points WHERE distance(x, y) IS DISTINCT FROM 5;

CREATE STREAM roots AS SELECT name, checked_root(x) AS root FROM points;

CREATE STREAM ranks AS SELECT rank, spread(x) AS spread, longest(name) AS longest FROM points GROUP BY rank;

CREATE STREAM windows AS
SELECT window_start, spread(x) AS spread, longest(name) AS longest
FROM TUMBLE(points, moment, INTERVAL '1' MINUTE) GROUP BY window_start;

CREATE STREAM spreads AS
SELECT spread(highest) AS spread FROM (SELECT rank, MAX(x) AS highest FROM points GROUP BY rank) AS best;

CREATE STREAM near AS
SELECT spread(x) OVER (ORDER BY moment ROWS 1 PRECEDING) AS spread, longest(name) FILTER (WHERE x > 1) OVER (ORDER BY moment) AS longest
FROM points;
