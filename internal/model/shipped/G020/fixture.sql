INSERT INTO person (person, addr) SELECT i, 5 FROM generate_series(1, 6) AS t(i);
INSERT INTO person (person, addr) SELECT 20 + i, 6 FROM generate_series(1, 6) AS t(i);
INSERT INTO person (person, addr) SELECT 30 + i, 7 FROM generate_series(1, 6) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, diag3, course, er, adm_way, fee) SELECT i, i, 1, 2, 100 + MOD(i, 2), i, 0, 0, 2, 1000 FROM generate_series(1, 6) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, diag3, course, er, adm_way, fee) SELECT 20 + i, 20 + i, 1, 2, 100, i, 0, 0, 1, 1000 FROM generate_series(1, 6) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, diag3, course, er, adm_way, fee) SELECT 30 + i, 30 + i, 1, 2, 100, 9, 0, 0, 2, 1000 FROM generate_series(1, 6) AS t(i)
