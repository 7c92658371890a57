-- Departures from New York in 2013, in the order in which they happened: event time is the scheduled departure, so a
-- delayed flight is out of order, and a cancelled one (dep_delay is NULL) comes at the end of its day. The watermark waits
-- ten hours, which is not enough for all of them.
CREATE SOURCE departures (
    scheduled TIMESTAMP NOT NULL,
    carrier TEXT NOT NULL,
    flight INTEGER NOT NULL,
    tailnum TEXT,
    origin TEXT NOT NULL,
    dest TEXT NOT NULL,
    dep_delay INTEGER,
    arr_delay INTEGER,
    air_time INTEGER,
    distance INTEGER NOT NULL,
    WATERMARK FOR scheduled AS scheduled - INTERVAL '10' HOUR
);

-- How each carrier does, hour by hour. Departures that come when their hour has closed are a stream of their own.
CREATE STREAM carrier_hours AS
SELECT carrier, window_start AS hour, COUNT(*) AS flights, COUNT(*) - COUNT(dep_delay) AS cancelled,
       SUM(dep_delay) AS delay_minutes, MAX(dep_delay) AS worst_delay
FROM TUMBLE(departures, scheduled, INTERVAL '1 hour')
GROUP BY carrier, window_start, window_end
LATE DATA TO late_departures;

-- An aircraft's day: its departures from New York, none more than six hours behind the one before.
CREATE STREAM aircraft_days AS
SELECT tailnum, window_start AS first_departure, COUNT(*) AS departures, SUM(distance) AS miles,
       SUM(dep_delay) AS delay_minutes
FROM TABLE(SESSION(TABLE departures PARTITION BY tailnum, DESCRIPTOR(scheduled), INTERVAL '6' HOUR))
GROUP BY tailnum, window_start, window_end
HAVING tailnum IS NOT NULL;

-- Hours in which a carrier's flights left more than an hour late on average.
CREATE STREAM bad_hours AS
SELECT carrier, hour, flights, CAST(delay_minutes AS DOUBLE PRECISION) / (flights - cancelled) AS mean_delay
FROM carrier_hours
WHERE flights - cancelled >= 3 AND delay_minutes > 60 * (flights - cancelled);

-- Long flights that left early enough to arrive on time: a stateless query over the same scan.
CREATE STREAM made_up_time AS
SELECT carrier, flight, origin, dest, scheduled, dep_delay, dep_delay - arr_delay AS minutes_made_up
FROM departures
WHERE distance > 2000 AND dep_delay > 60 AND arr_delay <= 0;
