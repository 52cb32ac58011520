INSERT INTO inst (inst, kind, level) SELECT i, 1, 1 FROM generate_series(1, 6) AS t(i);
INSERT INTO item (item, generic, ltype, vbp) VALUES (1, 100, 101, 1), (2, 100, 101, 0), (3, 200, 101, 0);
INSERT INTO line (line, inst, item, day, cnt, amt) SELECT h * 1000 + i, h, 1, 100, 10000, 1000 FROM generate_series(2, 6) AS t(h), generate_series(1, 60) AS u(i);
INSERT INTO line (line, inst, item, day, cnt, amt) SELECT 9000 + i, 1, 2, 100, 10000, 3000 FROM generate_series(1, 60) AS u(i);
INSERT INTO line (line, inst, item, day, cnt, amt) SELECT 12000 + i, 2, 3, 100, 10000, 3000 FROM generate_series(1, 90) AS u(i)
