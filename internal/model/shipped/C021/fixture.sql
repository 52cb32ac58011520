INSERT INTO inst (inst, kind, level) VALUES (1, 1, 2), (2, 1, 2), (3, 1, 2);
INSERT INTO visit (visit, inst, doctor, dept, setting, day_in, course) SELECT d * 1000 + i, 3, d, 4, 1, 100, 0 FROM generate_series(301, 303) AS t(d), generate_series(1, 60) AS u(i);
INSERT INTO visit (visit, inst, doctor, dept, setting, day_in, course) SELECT d * 1000 + i, 2, d, 4, 1, 100, 0 FROM generate_series(201, 204) AS t(d), generate_series(1, 60) AS u(i);
INSERT INTO visit (visit, inst, doctor, dept, setting, day_in, course) SELECT d * 1000 + i, 1, d, 4, 1, 100, 0 FROM generate_series(1, 16) AS t(d), generate_series(1, 60) AS u(i);
INSERT INTO visit (visit, inst, doctor, dept, setting, day_in, course) SELECT 99000 + i, 1, 99, 4, 1, 100, 0 FROM generate_series(1, 60) AS u(i);
INSERT INTO visit (visit, inst, doctor, dept, setting, day_in, course) SELECT 98000 + i, 1, 98, 4, 1, 100, 1 FROM generate_series(1, 60) AS u(i);
INSERT INTO line (line, visit, ltype, amt) SELECT visit, visit, 101, CASE WHEN doctor >= 98 THEN 60000 ELSE 6000 + doctor * 100 END FROM visit
