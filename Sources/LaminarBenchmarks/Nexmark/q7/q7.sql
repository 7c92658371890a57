-- Nexmark q7, its aggregate: the highest price in each window of ten seconds.
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

SELECT window_start, MAX(price) AS highest
FROM TUMBLE(bid, "dateTime", INTERVAL '10' SECOND)
GROUP BY window_start;
