-- Nodes that can be reached: each once, however many ways lead there.
CREATE SOURCE edges (a INTEGER, b INTEGER);

CREATE SINK reachable AS
WITH RECURSIVE reach AS (
    SELECT a, b FROM edges
    UNION
    SELECT reach.a, edges.b FROM reach JOIN edges ON reach.b = edges.a
)
SELECT a, b FROM reach WHERE a <> b;
