-- Sources that keep pace with one another.
CREATE SOURCE fast (k BIGINT, at TIMESTAMP, WATERMARK FOR at AS at)
WITH (alignment_group = 'feeds', max_drift = '30 seconds', alignment_policy = 'drop');
CREATE SOURCE slow (k BIGINT, at TIMESTAMP, WATERMARK FOR at AS at)
WITH (alignment_group = 'feeds', max_drift = '30 seconds');
CREATE SOURCE steady (k BIGINT, at TIMESTAMP, WATERMARK FOR at AS at)
WITH (alignment_group = 'feeds', max_drift = '30 seconds', alignment_policy = 'warn');

-- A partition for each file, a watermark of the clock, one from outside, one of rows alone.
CREATE SOURCE logs (k BIGINT, at TIMESTAMP, WATERMARK FOR at AS at) WITH (partitions = 'files');
CREATE SOURCE ticks (k BIGINT, at TIMESTAMPTZ, WATERMARK FOR at AS PROCTIME());
CREATE SOURCE manual (k BIGINT, at TIMESTAMP, WATERMARK FOR at);
CREATE SOURCE plain (k BIGINT, at TIMESTAMP, WATERMARK FOR at AS at);

CREATE STREAM fast_counts AS
SELECT TUMBLE_START(at, INTERVAL '10' SECOND) AS starts, COUNT(*) AS n FROM fast GROUP BY TUMBLE(at, INTERVAL '10' SECOND);
CREATE STREAM slow_counts AS
SELECT TUMBLE_START(at, INTERVAL '10' SECOND) AS starts, COUNT(*) AS n FROM slow GROUP BY TUMBLE(at, INTERVAL '10' SECOND);
CREATE STREAM steady_rows AS SELECT k FROM steady;
CREATE STREAM log_counts AS
SELECT TUMBLE_START(at, INTERVAL '10' SECOND) AS starts, COUNT(*) AS n FROM logs GROUP BY TUMBLE(at, INTERVAL '10' SECOND);
CREATE STREAM tick_counts AS
SELECT TUMBLE_START(at, INTERVAL '10' SECOND) AS starts, COUNT(*) AS n FROM ticks GROUP BY TUMBLE(at, INTERVAL '10' SECOND);
CREATE STREAM manual_counts AS
SELECT TUMBLE_START(at, INTERVAL '10' SECOND) AS starts, COUNT(*) AS n FROM manual GROUP BY TUMBLE(at, INTERVAL '10' SECOND);
CREATE STREAM plain_counts AS
SELECT TUMBLE_START(at, INTERVAL '10' SECOND) AS starts, COUNT(*) AS n FROM plain GROUP BY TUMBLE(at, INTERVAL '10' SECOND);
