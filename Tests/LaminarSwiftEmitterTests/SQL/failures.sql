-- What other stream processors got wrong about time, over both types of event time.
CREATE SOURCE stamps (k BIGINT, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);
CREATE SOURCE millis (k BIGINT, ts BIGINT, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND);

CREATE STREAM stamp_counts AS
SELECT TUMBLE_START(ts, INTERVAL '7' SECOND) AS starts, COUNT(*) AS n FROM stamps GROUP BY TUMBLE(ts, INTERVAL '7' SECOND)
LATE DATA TO stamp_late;
CREATE STREAM milli_counts AS
SELECT TUMBLE_START(ts, INTERVAL '7' SECOND) AS starts, COUNT(*) AS n FROM millis GROUP BY TUMBLE(ts, INTERVAL '7' SECOND)
LATE DATA TO milli_late;

CREATE STREAM stamp_sessions AS
SELECT SESSION_START(ts, INTERVAL '5' SECOND) AS starts, COUNT(*) AS n FROM stamps GROUP BY k, SESSION(ts, INTERVAL '5' SECOND);
CREATE STREAM milli_sessions AS
SELECT SESSION_START(ts, INTERVAL '5' SECOND) AS starts, COUNT(*) AS n FROM millis GROUP BY k, SESSION(ts, INTERVAL '5' SECOND);

-- A NULL time in one query is no matter of the other's.
CREATE STREAM all_stamps AS SELECT k FROM stamps;
