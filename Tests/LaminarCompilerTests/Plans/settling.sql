-- Window functions that a watermark settles, and what stays of the rows that have come out.
CREATE SOURCE bids (auction BIGINT, price BIGINT, at TIMESTAMP, WATERMARK FOR at AS at - INTERVAL '5' SECOND);

-- One count for each auction.
CREATE STREAM numbered AS SELECT auction, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY at) AS n FROM bids;

-- The rows of twenty seconds.
CREATE STREAM around AS
SELECT auction, at, SUM(price) OVER (ORDER BY at
    RANGE BETWEEN INTERVAL '20' SECOND PRECEDING AND INTERVAL '5' SECOND FOLLOWING) AS total
FROM bids ALLOW LATENESS INTERVAL '2' SECOND;

-- All rows, until the end.
CREATE STREAM quartiles AS SELECT auction, NTILE(4) OVER (ORDER BY at) AS quarter FROM bids;

-- The rows of open windows; grouped again, what comes out is still by window.
CREATE STREAM best AS
SELECT window_end, SUM(price) AS best FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY price DESC) AS place
    FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at), INTERVAL '10' SECOND))
) WHERE place <= 2 GROUP BY window_start, window_end;

-- What is not settled: a descending order, another column, changes.
CREATE STREAM latest AS
SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY at DESC) AS n FROM bids) WHERE n = 1;
CREATE STREAM dearest AS
SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS n FROM bids) WHERE n = 1;
CREATE STREAM changing AS SELECT auction, ROW_NUMBER() OVER (ORDER BY at) AS n FROM bids EMIT CHANGES;

-- A session's rows come out when a row behind the gap has passed.
CREATE STREAM visits AS
SELECT auction, FIRST_VALUE(at) OVER (PARTITION BY auction ORDER BY at SESSION WITH GAP INTERVAL '10' SECOND) AS first FROM bids;
