-- 2 treats groups: many at one moment
INSERT INTO staff (doctor, inst, type) VALUES (1, 1, 4), (2, 1, 4);
INSERT INTO exec (visit, inst, day, t, staff) SELECT i, 1, d, d * 86400 + 28800 + i * 600, 1 FROM generate_series(1, 40) AS t(i), generate_series(101, 104) AS u(d);
INSERT INTO exec (visit, inst, day, t, staff) SELECT i, 1, d, d * 86400 + 28800 + MOD(i, 4) * 3600, 2 FROM generate_series(1, 40) AS t(i), generate_series(101, 104) AS u(d)
