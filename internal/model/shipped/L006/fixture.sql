INSERT INTO exec (visit, inst, day, t, staff) SELECT i, 1, 100, 100 * 86400 + i * 3600, 1 FROM generate_series(0, 22) AS t(i);
INSERT INTO exec (visit, inst, day, t, staff) SELECT i, 1, 100, 100 * 86400 + i * 3600, 2 FROM generate_series(12, 23) AS t(i);
INSERT INTO exec (visit, inst, day, t, staff) SELECT i, 1, 101, 101 * 86400 + i * 3600, 2 FROM generate_series(0, 8) AS t(i)
