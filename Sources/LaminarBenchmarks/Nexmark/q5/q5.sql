-- Nexmark q5, its counts: bids by auction in windows of ten seconds every two seconds.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" TIMESTAMP NOT NULL,
    extra TEXT NOT NULL,
    WATERMARK FOR "dateTime" AS "dateTime"
);

SELECT auction, window_start, COUNT(*) AS num
FROM HOP(bid, "dateTime", INTERVAL '2' SECOND, INTERVAL '10' SECOND)
GROUP BY auction, window_start;
