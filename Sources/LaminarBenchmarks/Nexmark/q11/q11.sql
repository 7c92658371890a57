-- Nexmark q11: bids of each person, in sessions that end when there is none for ten seconds. Times are whole
-- milliseconds, and rows exactly the gap apart are in one session here.
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

SELECT bidder, COUNT(*) AS bids, window_start, window_end + INTERVAL '1 millisecond' AS window_end
FROM SESSION(TABLE bid PARTITION BY bidder, DESCRIPTOR("dateTime"), INTERVAL '9.999' SECOND)
GROUP BY bidder, window_start, window_end;
