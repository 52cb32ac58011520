INSERT INTO inst (inst, kind, level) SELECT i, 1, 1 FROM generate_series(1, 6) AS t(i);
INSERT INTO item (item, shot) VALUES (1, 1), (2, 0);
INSERT INTO visit (visit, inst, setting, day_in, course) SELECT h * 1000 + i, h, 1, 100, 0 FROM generate_series(1, 6) AS t(h), generate_series(1, 100) AS u(i);
INSERT INTO line (line, visit, item, ltype, cnt, amt) SELECT visit, visit, CASE WHEN inst = 1 AND MOD(visit, 10) < 7 OR MOD(visit, 10) < 2 THEN 1 ELSE 2 END, 101, 10000, 3000 FROM visit;
INSERT INTO visit (visit, inst, setting, day_in, course) SELECT 50000 + i, 2, 5, 100, 0 FROM generate_series(1, 100) AS u(i);
INSERT INTO line (line, visit, item, ltype, cnt, amt) SELECT visit, visit, 1, 101, 10000, 3000 FROM visit WHERE setting = 5
