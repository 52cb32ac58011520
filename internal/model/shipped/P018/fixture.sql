INSERT INTO inst (inst, kind) VALUES (1, 2), (2, 2);
INSERT INTO person (person, addr) SELECT i, i FROM generate_series(1, 5) AS t(i);
INSERT INTO person (person, addr) SELECT 20 + i, 99 FROM generate_series(1, 4) AS t(i);
INSERT INTO line (line, visit, inst, person, item, day, cnt, amt) SELECT i * 10 + k, i, 1, i, k, 100, 20000, 3000 FROM generate_series(1, 5) AS t(i), generate_series(1, 3) AS u(k);
INSERT INTO line (line, visit, inst, person, item, day, cnt, amt) SELECT 500 + i * 10 + k, 20 + i, 2, 20 + i, k, 100, 20000, 3000 FROM generate_series(1, 4) AS t(i), generate_series(1, 3) AS u(k);
INSERT INTO inst (inst, kind) VALUES (3, 2), (4, 2);
INSERT INTO person (person, addr) SELECT 100 + i, 100 + i FROM generate_series(1, 40) AS t(i);
INSERT INTO line (line, visit, inst, person, item, day, cnt, amt) SELECT 9000 + i * 10 + k, 100 + i, CASE WHEN i <= 4 THEN 3 ELSE 4 END, 100 + i, 40 + k, CASE WHEN i <= 4 THEN 100 ELSE 100 + i END, 10000, 3000 FROM generate_series(1, 40) AS t(i), generate_series(1, 2) AS u(k)
