INSERT INTO staff (doctor, inst, person) VALUES (1, 1, 1), (2, 1, 2), (3, 2, 3), (4, 2, 4);
INSERT INTO setl (setl, inst, person, day, fee) SELECT h * 1000 + i, h, 100 + i, 100, 1000 FROM generate_series(1, 2) AS t(h), generate_series(1, 60) AS u(i);
INSERT INTO setl (setl, inst, person, day, fee) SELECT 5000 + i, 1, 1 + MOD(i, 2), 100, 1000 FROM generate_series(1, 30) AS u(i);
INSERT INTO setl (setl, inst, person, day, fee) SELECT 6000 + i, 2, 3 + MOD(i, 2), 100, 1000 FROM generate_series(1, 5) AS u(i)
