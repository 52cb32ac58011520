INSERT INTO inst (inst, kind, area) VALUES (1, 2, 1), (2, 2, 1);
INSERT INTO setl (setl, inst, area, day, month, fee) SELECT h * 1000 + m * 100 + i, h, 1, 100, m, 5000 FROM generate_series(1, 2) AS t(h), generate_series(1, 2) AS u(m), generate_series(1, 20) AS w(i);
INSERT INTO setl (setl, inst, area, day, month, fee) SELECT 9000 + i, 1, 2, 100, 2, 5000 FROM generate_series(1, 30) AS w(i);
INSERT INTO setl (setl, inst, area, day, month, fee) SELECT 9100 + m * 50 + i, 2, 2, 100, m, 5000 FROM generate_series(1, 2) AS u(m), generate_series(1, 30) AS w(i)
