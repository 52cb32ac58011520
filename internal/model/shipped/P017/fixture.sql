INSERT INTO inst (inst, kind) SELECT i, 2 FROM generate_series(1, 12) AS t(i);
INSERT INTO setl (setl, inst, day, month, fee) SELECT h * 10000 + m * 1000 + i, h, 100, m, 5000 FROM generate_series(1, 5) AS t(h), generate_series(1, 2) AS u(m), generate_series(1, 60) AS w(i);
INSERT INTO setl (setl, inst, day, month, fee) SELECT 100000 + i, 1, 100, 2, 5000 FROM generate_series(1, 90) AS w(i);
INSERT INTO setl (setl, inst, day, month, fee) SELECT 200000 + h * 100 + i, h, 100, 2, 5000 FROM generate_series(2, 5) AS t(h), generate_series(1, 10) AS w(i);
INSERT INTO inst (inst, kind) VALUES (31, 2);
INSERT INTO setl (setl, inst, day, month, fee) SELECT 310000 + m * 1000 + i, 31, 100, m, 1000 FROM generate_series(1, 2) AS u(m), generate_series(1, 60) AS w(i);
INSERT INTO setl (setl, inst, day, month, fee) SELECT 320000 + i, 31, 100, 2, 1000 FROM generate_series(1, 80) AS w(i)
