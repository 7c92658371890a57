CREATE SOURCE bids (
    auction BIGINT NOT NULL, bidder BIGINT, price BIGINT, at BIGINT, url TEXT,
    p AS PROCTIME(),
    WATERMARK FOR at AS at - INTERVAL '5' SECOND
);

-- Event time in milliseconds.
CREATE STREAM busy AS
SELECT auction, window_start, window_time, COUNT(*) AS bids
FROM TABLE(HOP(TABLE bids, DESCRIPTOR(at), INTERVAL '7' SECOND, INTERVAL '20' SECOND))
GROUP BY auction, window_start, window_end, window_time;

CREATE STREAM totals AS
SELECT auction, TUMBLE_END(at, INTERVAL '10' SECOND) AS ends, SUM(price) AS total
FROM bids GROUP BY auction, TUMBLE(at, INTERVAL '10' SECOND);

CREATE STREAM ordered AS SELECT auction, at, url FROM bids EMIT ON WINDOW CLOSE;

-- Processing time.
CREATE STREAM bidders AS
SELECT bidder, COUNT(*) AS bids, window_start
FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(p), INTERVAL '10' SECOND)) GROUP BY bidder, window_start, window_end;

CREATE STREAM waiting AS
SELECT auction, COUNT(*) AS bids FROM bids GROUP BY auction, SESSION(p, INTERVAL '20' SECOND);

CREATE STREAM so_far AS
SELECT auction, COUNT(*) AS bids, MAX(price) AS highest FROM bids GROUP BY auction EMIT EVERY INTERVAL '30' SECOND;

CREATE STREAM behind AS SELECT auction, at, watermark() AS mark FROM bids WHERE at < watermark();
