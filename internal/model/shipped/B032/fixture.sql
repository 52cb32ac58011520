INSERT INTO inst (inst, kind, level, grp) VALUES (1, 1, 1, NULL), (2, 1, 1, 7), (3, 1, 1, NULL), (9, 1, 2, 7), (8, 1, 0, NULL);
INSERT INTO staff (doctor, inst) VALUES (80, 8), (20, 9), (30, 3), (31, 3), (31, 8), (10, 1);
INSERT INTO line (line, visit, inst, doctor, day, cnt, amt) SELECT i, i, 1, 80, 100, 10000, 500 FROM generate_series(1, 40) AS t(i);
INSERT INTO line (line, visit, inst, doctor, day, cnt, amt) SELECT 100 + i, 100 + i, 1, 10, 100, 10000, 500 FROM generate_series(1, 40) AS t(i);
INSERT INTO line (line, visit, inst, doctor, day, cnt, amt) SELECT 200 + i, 200 + i, 2, 20, 100, 10000, 500 FROM generate_series(1, 40) AS t(i);
INSERT INTO line (line, visit, inst, doctor, day, cnt, amt) SELECT 300 + i, 300 + i, 3, 31, 100, 10000, 500 FROM generate_series(1, 40) AS t(i)
