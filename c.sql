SELECT corr(v,v), regr_r2(v,v) FROM (VALUES (1),(2)) t(v);
