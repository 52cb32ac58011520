INSERT INTO calendar (day, holiday) SELECT 100 + i, CASE WHEN i <= 7 THEN 1 ELSE 0 END FROM generate_series(1, 60) AS t(i);
INSERT INTO visit (visit, inst, setting, day_in, course, adm_way) SELECT i, h, 2, 101 + MOD(i, 60), 0, 2 FROM generate_series(1, 120) AS t(i), generate_series(1, 2) AS u(h);
INSERT INTO visit (visit, inst, setting, day_in, course, adm_way) SELECT 1000 + i, 1, 2, 101 + MOD(i, 7), 0, 2 FROM generate_series(1, 30) AS t(i);
INSERT INTO visit (visit, inst, setting, day_in, course, adm_way) SELECT 2000 + i, 2, 2, 101 + MOD(i, 7), 0, 1 FROM generate_series(1, 30) AS t(i)
