INSERT INTO person (person, addr) SELECT i, i FROM generate_series(1, 4) AS t(i);
INSERT INTO person (person, addr) SELECT 20 + i, 99 FROM generate_series(1, 4) AS t(i);
INSERT INTO person (person, addr) SELECT 30 + i, 200 + i FROM generate_series(1, 4) AS t(i);
INSERT INTO setl (setl, visit, person, inst, setting, day, t, fee) SELECT d * 1000 + i, d * 1000 + i, i, 1, 1, 100 + d * 9, (100 + d * 9) * 86400 + 36000 + i * 60, 8000 FROM generate_series(1, 4) AS t(i), generate_series(1, 4) AS u(d);
INSERT INTO setl (setl, visit, person, inst, setting, day, t, fee) SELECT d * 1000 + 20 + i, d * 1000 + 20 + i, 20 + i, 1, 1, 100 + d * 9, (100 + d * 9) * 86400 + 50000 + i * 60, 8000 FROM generate_series(1, 4) AS t(i), generate_series(1, 4) AS u(d);
INSERT INTO setl (setl, visit, person, inst, setting, day, t, fee) SELECT d * 1000 + 30 + i, d * 1000 + 30 + i, 30 + i, 1, 4, 100 + d * 9, (100 + d * 9) * 86400 + 60000 + i * 60, 8000 FROM generate_series(1, 4) AS t(i), generate_series(1, 4) AS u(d);
INSERT INTO visit (visit, person, course) SELECT visit, person, 0 FROM setl
