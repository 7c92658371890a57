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
