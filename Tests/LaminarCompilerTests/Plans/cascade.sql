CREATE SOURCE t (k TEXT, v BIGINT, ts TIMESTAMP NOT NULL, WATERMARK FOR ts AS ts - INTERVAL '5 seconds');
SELECT n, window_start, window_end, COUNT(*) FROM (
  SELECT k, window_start, window_end, COUNT(DISTINCT v) AS n FROM TUMBLE(t, ts, INTERVAL '1 minute') GROUP BY k, window_start, window_end
) GROUP BY n, window_start, window_end HAVING COUNT(*) > 1;
