CREATE SOURCE t (k TEXT, v BIGINT, ts TIMESTAMP NOT NULL, WATERMARK FOR ts AS ts - INTERVAL '5 seconds');
SELECT k, window_start, SUM(v) AS total FROM TUMBLE(t, ts, INTERVAL '1 minute') GROUP BY k, window_start;
SELECT k, window_start, SUM(v) AS total FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start;
SELECT k, TUMBLE_START(ts, INTERVAL '1' MINUTE) AS window_start, SUM(v) AS total FROM t GROUP BY k, TUMBLE(ts, INTERVAL '1' MINUTE);
SELECT k, TUMBLE(INTERVAL '1 minute') AS w, SUM(v) AS total FROM t GROUP BY k, w;
