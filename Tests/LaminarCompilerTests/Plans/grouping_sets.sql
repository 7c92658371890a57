CREATE SOURCE sales (region TEXT NOT NULL, product TEXT, amount BIGINT);
SELECT region, product, GROUPING(region, product) AS missing, SUM(amount) AS total
FROM sales GROUP BY ROLLUP (region, product) HAVING SUM(amount) > 10;
SELECT region FROM sales INTERSECT SELECT product FROM sales;
