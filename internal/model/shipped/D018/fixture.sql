INSERT INTO inst (inst, kind, level) SELECT i, 1, 1 FROM generate_series(1, 6) AS t(i);
INSERT INTO visit (visit, inst, setting, course, day_in, diag3) SELECT h * 1000 + i, h, 1, 0, 100, CASE WHEN h = 1 THEN 50 ELSE 1 + i % 3 END FROM generate_series(1, 6) AS t(h), generate_series(1, 150) AS u(i);
INSERT INTO line (line, visit, inst, item, ltype, day, cnt, amt) SELECT visit, visit, inst, 1 + MOD(MOD(visit, 1000), 3), 101, 100, 10000, 1000 FROM visit
