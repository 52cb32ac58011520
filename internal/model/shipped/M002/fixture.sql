INSERT INTO setl (setl, visit, person, inst, setting, day, fee) SELECT i, i, i, 1, 3, 100, 81480 FROM generate_series(1, 12) AS t(i);
INSERT INTO setl (setl, visit, person, inst, setting, day, fee) SELECT d * 100 + 1000 + i, i, i, 2, 1, 100 + d, 12000 FROM generate_series(1, 12) AS t(i), generate_series(1, 20) AS u(d);
INSERT INTO setl (setl, visit, person, inst, setting, day, fee) SELECT 9000 + i, i, 5, 3, 3, 100, 33300 FROM generate_series(1, 12) AS t(i)
