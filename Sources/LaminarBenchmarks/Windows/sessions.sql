-- Readings of each key in sessions that end when there is none for ten seconds.
CREATE SOURCE readings (
    key BIGINT NOT NULL,
    value BIGINT NOT NULL,
    ts TIMESTAMP NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
);

CREATE STREAM totals AS
SELECT key, window_start, COUNT(*) AS count, SUM(value) AS total
FROM SESSION(TABLE readings PARTITION BY key, DESCRIPTOR(ts), INTERVAL '10' SECOND)
GROUP BY key, window_start, window_end;
