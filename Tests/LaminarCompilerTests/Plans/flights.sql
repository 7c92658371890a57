CREATE SOURCE departures (
    scheduled TIMESTAMP NOT NULL,
    carrier TEXT NOT NULL,
    flight INTEGER NOT NULL,
    tailnum TEXT,
    origin TEXT NOT NULL,
    dest TEXT NOT NULL,
    dep_delay INTEGER,
    distance INTEGER,
    WATERMARK FOR scheduled AS scheduled - INTERVAL '6' HOUR
) FROM FILE (path = 'flights.ndjson');

CREATE STREAM delays AS
SELECT carrier, window_start, COUNT(*) AS flights, COUNT(*) - COUNT(dep_delay) AS cancelled,
       AVG(dep_delay) AS mean_delay, MAX(dep_delay) AS worst_delay
FROM TUMBLE(departures, scheduled, INTERVAL '1 hour')
GROUP BY carrier, window_start, window_end;

SELECT carrier, window_start, flights, mean_delay FROM delays WHERE worst_delay > 60;
