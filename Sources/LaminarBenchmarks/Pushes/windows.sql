-- Bids and their sum by auction, in windows of ten seconds.
CREATE SOURCE bids (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    ts TIMESTAMP NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '4' SECOND
);

CREATE STREAM windows AS
SELECT auction, window_start, COUNT(*) AS bids, SUM(price) AS total
FROM TUMBLE(bids, ts, INTERVAL '10' SECOND)
GROUP BY auction, window_start;
