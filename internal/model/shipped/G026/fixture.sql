INSERT INTO visit (visit, person, inst, setting, day_in, day_out, course, fee) VALUES (1, 1, 1, 2, 100, 107, 0, 70000), (2, 2, 1, 2, 100, 107, 1, 70000), (3, 3, 1, 2, 100, 107, 0, 90000);
INSERT INTO line (line, visit, day, amt) SELECT v * 100 + d, v, d, CASE WHEN v = 3 AND d = 100 THEN 40000 ELSE 10000 END FROM generate_series(1, 3) AS t(v), generate_series(100, 106) AS u(d)
