CREATE TABLE staff (id integer, boss integer, pay integer);
INSERT INTO staff VALUES (1, NULL, 100), (2, 1, 50), (3, 1, 60), (4, 2, 30), (5, 4, 20), (5, 4, 20);
DELETE FROM staff WHERE id = 4;
INSERT INTO staff VALUES (4, 3, 35), (6, 5, 10);
DELETE FROM staff WHERE id = 2;
INSERT INTO staff VALUES (2, 3, 55);
-- queries
-- rows below that come and go
WITH RECURSIVE below(id, level) AS (
  SELECT id, 0 FROM staff WHERE boss IS NULL
  UNION ALL
  SELECT s.id, b.level + 1 FROM below b JOIN staff s ON s.boss = b.id
) SELECT id, level FROM below;
-- aggregated
WITH RECURSIVE below(top, id, pay) AS (
  SELECT id, id, pay FROM staff
  UNION ALL
  SELECT b.top, s.id, s.pay FROM below b JOIN staff s ON s.boss = b.id
) SELECT top, count(*), sum(pay) FROM below GROUP BY top;
-- what has none below it
WITH RECURSIVE below(id) AS (
  SELECT id FROM staff WHERE boss IS NULL
  UNION ALL
  SELECT s.id FROM below b JOIN staff s ON s.boss = b.id
) SELECT id FROM below WHERE id NOT IN (SELECT boss FROM staff WHERE boss IS NOT NULL);
-- outer join that pads and takes back
WITH RECURSIVE chain(id, level) AS (
  SELECT 1, 0 UNION ALL SELECT s.id, c.level + 1 FROM chain c LEFT JOIN staff s ON s.boss = c.id WHERE c.level < 4 AND c.id IS NOT NULL
) SELECT id, level FROM chain;
