-- Bids and their sum by auction, in windows of ten seconds.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" TIMESTAMP NOT NULL,
    extra TEXT NOT NULL,
    WATERMARK FOR "dateTime" AS "dateTime" - INTERVAL '4' SECOND
);

SELECT auction, window_start, COUNT(*) AS bids, SUM(price) AS total
FROM TUMBLE(bid, "dateTime", INTERVAL '10' SECOND)
GROUP BY auction, window_start;
