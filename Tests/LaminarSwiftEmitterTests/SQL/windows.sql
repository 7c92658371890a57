CREATE SOURCE bids (
    auction BIGINT NOT NULL, bidder BIGINT, price BIGINT, at TIMESTAMP, url TEXT,
    WATERMARK FOR at AS at - INTERVAL '5' SECOND
);

-- Rows in several windows each, closing under the watermark.
CREATE STREAM busy AS
SELECT auction, window_start, window_end, COUNT(*) AS bids, SUM(price) AS total
FROM TABLE(HOP(TABLE bids, DESCRIPTOR(at), INTERVAL '7' SECOND, INTERVAL '20' SECOND))
GROUP BY auction, window_start, window_end
LATE DATA TO late_bids;

CREATE STREAM so_far AS
SELECT window_start, window_end, MAX(price) AS highest
FROM CUMULATE(bids, at, INTERVAL '10 seconds', INTERVAL '30 seconds') GROUP BY window_start, window_end;

-- Sessions, given out when they close.
CREATE STREAM visits AS
SELECT bidder, SESSION_START(at, INTERVAL '4' SECOND) AS first_bid, COUNT(*) AS bids
FROM bids GROUP BY bidder, SESSION(at, INTERVAL '4' SECOND);

-- Windows that change after they have come out.
CREATE STREAM corrected AS
SELECT auction, TUMBLE_START(at, INTERVAL '10' SECOND) AS starts, COUNT(*) AS bids
FROM bids GROUP BY auction, TUMBLE(at, INTERVAL '10' SECOND)
ALLOW LATENESS INTERVAL '3' SECOND EMIT AFTER WATERMARK;

CREATE STREAM ordered AS SELECT auction, at, url FROM bids EMIT ON WINDOW CLOSE;

-- Window functions that the watermark settles: with what comes before a row, with what follows it, and per window.
CREATE STREAM settled AS
SELECT auction, at, price, ROW_NUMBER() OVER by_time AS number, SUM(price) OVER by_time AS total,
       LAG(url) OVER by_time AS previous, MAX(price) OVER (PARTITION BY auction ORDER BY at
           RANGE BETWEEN INTERVAL '20' SECOND PRECEDING AND INTERVAL '5' SECOND FOLLOWING) AS around
FROM bids WINDOW by_time AS (PARTITION BY auction ORDER BY at);

CREATE STREAM best AS
SELECT * FROM (
    SELECT auction, price, window_end,
           RANK() OVER (PARTITION BY window_start, window_end ORDER BY price DESC NULLS LAST) AS place
    FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at), INTERVAL '10' SECOND))
) WHERE place <= 2;

-- Joins that times bound: each bid with those of its bidder soon after, and auctions without a dear bid in a window.
CREATE STREAM followed AS
SELECT l.auction, l.at, r.auction AS next_auction, r.price AS next_price
FROM bids AS l LEFT JOIN bids AS r
    ON l.bidder = r.bidder AND r.at BETWEEN l.at + INTERVAL '1' SECOND AND l.at + INTERVAL '4' SECOND;

CREATE STREAM cheap AS
SELECT w.auction, w.window_start, w.window_end, w.bids
FROM (
    SELECT auction, window_start, window_end, COUNT(*) AS bids
    FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at), INTERVAL '10' SECOND)) GROUP BY auction, window_start, window_end
) AS w
WHERE NOT EXISTS (
    SELECT 1 FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at), INTERVAL '10' SECOND)) AS d
    WHERE d.auction = w.auction AND d.window_start = w.window_start AND d.window_end = w.window_end AND d.price > 900);

-- Sessions whose rows are kept, since their aggregate cannot be merged.
CREATE STREAM seen AS
SELECT bidder, SESSION_END(at, INTERVAL '4' SECOND) AS until, STRING_AGG(url, ' ') AS urls
FROM bids GROUP BY bidder, SESSION(at, INTERVAL '4' SECOND);
