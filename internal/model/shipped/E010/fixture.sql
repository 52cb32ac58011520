INSERT INTO inst (inst, kind, level) SELECT i, 1, 1 FROM generate_series(1, 8) AS t(i);
INSERT INTO visit (visit, inst, setting) SELECT h * 1000 + i, h, 2 FROM generate_series(1, 8) AS t(h), generate_series(1, 30) AS u(i);
INSERT INTO line (line, visit, inst, ltype, day, amt) SELECT visit, visit, inst, 201, 100, 90000 FROM visit;
INSERT INTO line (line, visit, inst, ltype, day, amt) SELECT 100000 + visit, visit, inst, 301, 100, CASE WHEN inst IN (1, 2) THEN 90000 ELSE 10000 END FROM visit;
INSERT INTO oper (visit, oper) SELECT visit, 1 FROM visit WHERE inst = 2
