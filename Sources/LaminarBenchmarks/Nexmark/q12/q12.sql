-- Nexmark q12: bids of each person in ten seconds of processing time.
CREATE SOURCE bid (
    auction BIGINT NOT NULL,
    bidder BIGINT NOT NULL,
    price BIGINT NOT NULL,
    channel TEXT NOT NULL,
    url TEXT NOT NULL,
    "dateTime" TIMESTAMP NOT NULL,
    extra TEXT NOT NULL,
    arrived AS PROCTIME()
);

SELECT bidder, COUNT(*) AS bids, window_start, window_end
FROM TUMBLE(bid, arrived, INTERVAL '10' SECOND)
GROUP BY bidder, window_start, window_end;
