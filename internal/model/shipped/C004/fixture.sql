INSERT INTO visit (visit, person, inst, setting, day_in, diag3) SELECT i, i, 1, 1, 100, 1 + i % 9 FROM generate_series(1, 40) AS t(i);
INSERT INTO visit (visit, person, inst, setting, day_in, diag3) SELECT 100 + i, 100 + i, 2, 1, 100, 3 FROM generate_series(1, 40) AS t(i);
INSERT INTO line (line, visit, inst, item, chrg, day, cnt, amt) SELECT i * 10 + k, i, 1, k, 4, 100, 10000, 2000 FROM generate_series(1, 40) AS t(i), generate_series(1, 7) AS u(k);
INSERT INTO line (line, visit, inst, item, chrg, day, cnt, amt) SELECT 5000 + i * 10 + k, 100 + i, 2, k, 4, 100, 10000, 2000 FROM generate_series(1, 40) AS t(i), generate_series(1, 7) AS u(k)
