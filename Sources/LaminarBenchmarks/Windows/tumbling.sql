-- Readings by key in windows of ten seconds, in order but for a second.
CREATE SOURCE readings (
    key BIGINT NOT NULL,
    value BIGINT NOT NULL,
    ts TIMESTAMP NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
);

CREATE STREAM totals AS
SELECT key, window_start, COUNT(*) AS count, SUM(value) AS total, AVG(value) AS average
FROM TUMBLE(readings, ts, INTERVAL '10' SECOND)
GROUP BY key, window_start;
