CREATE SOURCE bids (auction BIGINT NOT NULL, bidder BIGINT NOT NULL, price BIGINT, ts TIMESTAMP NOT NULL, channel VARCHAR, WATERMARK FOR ts);
CREATE STREAM q1 AS SELECT auction, bidder, price * 908 / 1000 AS price, ts FROM bids;
CREATE STREAM q2 AS SELECT auction, upper(channel) AS channel, price + 1 AS p1 FROM bids WHERE auction % 123 = 0 AND price > 10;


SELECT channel, COUNT(*) AS n, SUM(price) AS total, COUNT(DISTINCT bidder) AS bidders FROM bids GROUP BY channel HAVING COUNT(*) > 1;
