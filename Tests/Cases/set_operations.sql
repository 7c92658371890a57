CREATE TABLE a (x integer, y text);
CREATE TABLE b (x integer, y text);
INSERT INTO a VALUES (1, 'p'), (1, 'p'), (1, 'p'), (2, NULL), (2, NULL), (3, 'q');
INSERT INTO b VALUES (1, 'p'), (2, NULL), (2, NULL), (2, NULL), (4, 'r');
INSERT INTO a VALUES (4, 'r'), (5, 's');
DELETE FROM a WHERE x = 5;
DELETE FROM b WHERE x = 4;
-- queries
-- except all
SELECT * FROM a EXCEPT ALL SELECT * FROM b;
-- intersect all
SELECT * FROM a INTERSECT ALL SELECT * FROM b;
-- except
SELECT * FROM a EXCEPT SELECT * FROM b;
-- intersect
SELECT * FROM a INTERSECT SELECT * FROM b;
-- a chain of them
SELECT x FROM a EXCEPT ALL SELECT x FROM b UNION ALL SELECT x FROM b INTERSECT ALL SELECT x FROM a;
-- union
SELECT * FROM a UNION SELECT * FROM b;
