-- A watermark for each device.
CREATE SOURCE readings (
    device TEXT NOT NULL, site BIGINT, value BIGINT, at TIMESTAMP,
    WATERMARK FOR at AS at - INTERVAL '2' SECOND
) WITH (watermark_key = 'device, site', watermark_key_idle = '30 seconds');

CREATE STREAM minutes AS
SELECT device, site, window_start, window_end, COUNT(*) AS n, SUM(value) AS total
FROM TUMBLE(readings, at, INTERVAL '10 seconds') GROUP BY device, site, window_start, window_end
ALLOW LATENESS INTERVAL '3' SECOND;

CREATE STREAM busy AS
SELECT site, window_time, MAX(value) AS highest, device
FROM TABLE(HOP(TABLE readings, DESCRIPTOR(at), INTERVAL '5' SECOND, INTERVAL '10' SECOND)) WHERE value <> 7
GROUP BY device, site, window_start, window_end, window_time;

-- What comes out is ordinary rows under one watermark.
CREATE STREAM sites AS
SELECT TUMBLE_END(window_time, INTERVAL '20' SECOND) AS until, COUNT(*) AS n, MAX(highest) AS highest
FROM busy GROUP BY TUMBLE(window_time, INTERVAL '20' SECOND);
