INSERT INTO item (item, generic) VALUES (1, 10);
INSERT INTO visit (visit, person, setting, course) SELECT p * 100 + i, p, 3, CASE WHEN p = 3 THEN 1 ELSE 0 END FROM generate_series(1, 3) AS t(p), generate_series(1, 12) AS u(i);
INSERT INTO line (line, visit, person, inst, item, ltype, day, cnt, amt) SELECT visit, visit, person, CASE WHEN person = 2 THEN 1 ELSE 1 + MOD(visit, 4) END, 1, 101, 100 + MOD(visit, 100) * 7, 80000, 5000 FROM visit
