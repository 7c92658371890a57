-- One-minute candles: opening, highest, lowest and closing price of each symbol, and how much was traded.
CREATE SOURCE trades (
    symbol   VARCHAR NOT NULL,
    price    DOUBLE PRECISION NOT NULL,
    quantity BIGINT NOT NULL,
    ts       TIMESTAMP NOT NULL,
    WATERMARK FOR ts AS ts - INTERVAL '2' SECOND
);

CREATE STREAM candles AS
SELECT symbol,
       window_start AS minute,
       MIN(price) AS low,
       MAX(price) AS high,
       SUM(price * quantity) / SUM(quantity) AS average,
       SUM(quantity) AS volume,
       COUNT(*) AS trades
FROM TUMBLE(trades, ts, INTERVAL '1 minute')
GROUP BY symbol, window_start, window_end
EMIT ON WINDOW CLOSE;
