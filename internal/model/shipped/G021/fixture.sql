INSERT INTO person (person, addr) SELECT i, 5 FROM generate_series(1, 4) AS t(i);
INSERT INTO person (person, addr) SELECT 20 + i, 6 FROM generate_series(1, 4) AS t(i);
INSERT INTO person (person, addr) SELECT 30 + i, 7 FROM generate_series(1, 4) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, day_out, diag3, course, er, adm_way, fee) SELECT i, i, 1, 2, 100 + MOD(i, 3), 108, 4, 0, 0, 2, 500000 + i * 1000 FROM generate_series(1, 4) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, day_out, diag3, course, er, adm_way, fee) SELECT 20 + i, 20 + i, 1, 2, 100, 108, 4, 0, 0, 2, 300000 * i FROM generate_series(1, 4) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, day_out, diag3, course, er, adm_way, fee) SELECT 30 + i, 30 + i, 1, 2, 100, 108, 4, 1, 0, 2, 500000 FROM generate_series(1, 4) AS t(i);
INSERT INTO person (person, addr) SELECT 40 + i, 8 FROM generate_series(1, 6) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, day_out, diag3, course, er, adm_way, fee) SELECT 40 + i, 40 + i, 2, 2, 100, 104, 9, 0, 0, 2, CASE WHEN i <= 3 THEN 160000 + i * 1000 ELSE 100000 * i END FROM generate_series(1, 6) AS t(i)
