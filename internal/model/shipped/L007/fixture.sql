INSERT INTO inst (inst, kind, level) SELECT i, 1, 1 FROM generate_series(1, 6) AS t(i);
INSERT INTO calendar (day, rest) SELECT 100 + i, CASE WHEN MOD(i, 7) < 2 THEN 1 ELSE 0 END FROM generate_series(0, 27) AS t(i);
INSERT INTO visit (visit, inst, setting, net, day_in, t_in, fee) SELECT h * 1000 + i, h, 1, 0, 100 + MOD(i, 28), (100 + MOD(i, 28)) * 86400 + CASE WHEN h = 1 AND MOD(i, 3) > 0 THEN 79200 ELSE 36000 END, 1000 FROM generate_series(1, 6) AS t(h), generate_series(1, 140) AS u(i);
INSERT INTO visit (visit, inst, setting, net, day_in, t_in, fee) SELECT 9000 + i, 2, 5, 0, 100, 100 * 86400 + 79200, 1000 FROM generate_series(1, 300) AS u(i)
