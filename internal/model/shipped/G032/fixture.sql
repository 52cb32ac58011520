INSERT INTO inst (inst, kind, level) SELECT i, 1, 1 FROM generate_series(1, 8) AS t(i);
INSERT INTO visit (visit, inst, setting, course, day_in) SELECT h * 1000 + i, h, 1, 0, 100 FROM generate_series(1, 8) AS t(h), generate_series(1, 100) AS u(i);
INSERT INTO visit (visit, inst, setting, course, day_in) SELECT h * 1000 + 500 + i, h, 2, 0, 100 FROM generate_series(1, 8) AS t(h), generate_series(1, 10) AS u(i);
INSERT INTO visit (visit, inst, setting, course, day_in) SELECT h * 1000 + 600 + i, h, 2, h - 1, 100 FROM generate_series(1, 2) AS t(h), generate_series(1, 40) AS u(i);
INSERT INTO inst (inst, kind, level) SELECT 20 + i, 1, 2 FROM generate_series(1, 6) AS t(i);
INSERT INTO visit (visit, inst, setting, course, day_in) SELECT 100000 + h * 1000 + i, 20 + h, 1, 0, 100 FROM generate_series(1, 6) AS t(h), generate_series(1, 100) AS u(i);
INSERT INTO visit (visit, inst, setting, course, day_in) SELECT 200000 + i, 21, 2, 0, 100 FROM generate_series(1, 40) AS u(i)
