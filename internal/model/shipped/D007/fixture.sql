INSERT INTO inst (inst, kind, level) SELECT i, 1, 1 FROM generate_series(1, 6) AS t(i);
INSERT INTO inst (inst, kind, level) SELECT 20 + i, 1, 2 FROM generate_series(1, 6) AS t(i);
INSERT INTO inst (inst, kind, level) SELECT 30 + i, 1, 3 FROM generate_series(1, 9) AS t(i);
INSERT INTO item (item, generic, ltype) SELECT i, 100 + i, 101 FROM generate_series(1, 9) AS t(i);
INSERT INTO visit (visit, inst, setting) SELECT i, i, 1 FROM generate_series(1, 6) AS t(i);
INSERT INTO visit (visit, inst, setting) SELECT i, i, 1 FROM generate_series(21, 26) AS t(i);
INSERT INTO visit (visit, inst, setting) SELECT i, i, 1 FROM generate_series(31, 39) AS t(i);
INSERT INTO visit (visit, inst, setting) SELECT 100 + i, i, 2 FROM generate_series(31, 33) AS t(i);
INSERT INTO line (line, visit, inst, item, ltype, day, amt) SELECT h * 1000 + i, h, h, 1 + i % 9, 101, 100, 50000 FROM generate_series(1, 6) AS t(h), generate_series(1, 90) AS u(i);
INSERT INTO line (line, visit, inst, item, ltype, day, amt) SELECT 50000 + i, 1, 1, 5, 101, 100, 50000 FROM generate_series(1, 100) AS u(i);
INSERT INTO line (line, visit, inst, item, ltype, day, amt) SELECT h * 1000 + i, h, h, 3, 101, 100, 50000 FROM generate_series(21, 26) AS t(h), generate_series(1, 90) AS u(i);
INSERT INTO line (line, visit, inst, item, ltype, day, amt) SELECT h * 1000 + i, h, h, 1 + i % 9, 101, 100, 50000 FROM generate_series(31, 39) AS t(h), generate_series(1, 90) AS u(i);
INSERT INTO line (line, visit, inst, item, ltype, day, amt) SELECT 100000 + h * 1000 + i, 100 + h, h, 7, 101, 100, 50000 FROM generate_series(31, 33) AS t(h), generate_series(1, 90) AS u(i)
