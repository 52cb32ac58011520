INSERT INTO lab (visit, person, inst, report, item, val, day) SELECT i, i, 1, i, k, 1000 + 37 * k, 100 FROM generate_series(1, 4) AS t(i), generate_series(1, 9) AS u(k);
INSERT INTO lab (visit, person, inst, report, item, val, day) SELECT 10, 10, 2, 100 + i, k, 1000 + 37 * k, 100 FROM generate_series(1, 4) AS t(i), generate_series(1, 9) AS u(k);
INSERT INTO lab (visit, person, inst, report, item, val, day) SELECT 20 + i, 20 + i, 2, 200 + i, k, 1000 + 37 * k + i, 100 FROM generate_series(1, 4) AS t(i), generate_series(1, 9) AS u(k)
