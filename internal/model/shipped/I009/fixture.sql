-- 21 … 24 are a family, 31 … 36 meet at one shop only
INSERT INTO setl (setl, visit, person, inst, setting, day, t, fee) SELECT d * 1000 + i, d * 1000 + i, i, 1 + MOD(d, 2), 3, 100 + d, (100 + d) * 86400 + 36000 + i * 60, 8000 FROM generate_series(1, 6) AS t(i), generate_series(1, 4) AS u(d);
INSERT INTO setl (setl, visit, person, inst, setting, day, t, fee) SELECT d * 1000 + 20 + i, d * 1000 + 20 + i, 20 + i, 1 + MOD(d, 2), 3, 100 + d, (100 + d) * 86400 + 50000 + i * 60, 8000 FROM generate_series(1, 4) AS t(i), generate_series(1, 4) AS u(d);
INSERT INTO setl (setl, visit, person, inst, setting, day, t, fee) SELECT d * 1000 + 30 + i, d * 1000 + 30 + i, 30 + i, 3, 3, 100 + d, (100 + d) * 86400 + 36000 + i * 60, 8000 FROM generate_series(1, 6) AS t(i), generate_series(1, 4) AS u(d);
INSERT INTO visit (visit, person, course) SELECT visit, person, 0 FROM setl
