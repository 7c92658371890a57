-- One-minute candles per symbol.
CREATE SOURCE trades (
    symbol VARCHAR NOT NULL,
    price BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    ts TIMESTAMP NOT NULL,
    WATERMARK FOR ts
);

CREATE STREAM candles AS
SELECT symbol, window_start, MIN(price) AS low, MAX(price) AS high,
       SUM(price * quantity) AS turnover, COUNT(*) AS trades
FROM TUMBLE(trades, ts, INTERVAL '1 minute')
GROUP BY symbol, window_start, window_end
EMIT ON WINDOW CLOSE;


