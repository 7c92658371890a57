CREATE SOURCE bids (
    auction BIGINT NOT NULL, bidder BIGINT, price BIGINT, at TIMESTAMP, url TEXT,
    WATERMARK FOR at AS at - INTERVAL '5' SECOND
) WITH (partitions = '2', idle_timeout = '20 seconds', max_future = '1 minute');

CREATE SOURCE old_bids (auction BIGINT NOT NULL, at TIMESTAMP, WATERMARK FOR at AS at)
WITH (idle_timeout = '10 seconds');

CREATE STREAM busy AS
SELECT auction, TUMBLE_END(at, INTERVAL '10' SECOND) AS ends, COUNT(*) AS bids, MAX(price) AS highest, MAX(url) AS url,
    COUNT(bidder) AS bidders
FROM bids GROUP BY auction, TUMBLE(at, INTERVAL '10' SECOND);

CREATE STREAM all_bids AS
SELECT TUMBLE_START(at, INTERVAL '15' SECOND) AS starts, COUNT(*) AS bids
FROM (SELECT auction, at FROM bids UNION ALL SELECT auction, at FROM old_bids) AS b
GROUP BY TUMBLE(at, INTERVAL '15' SECOND);
