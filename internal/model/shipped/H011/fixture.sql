INSERT INTO chronic (person, dise, doctor, passed) SELECT i, 1, 1, 1 FROM generate_series(1, 60) AS t(i);
INSERT INTO chronic (person, dise, doctor, passed) SELECT 100 + i, 1, 2, CASE WHEN MOD(i, 4) = 0 THEN 0 ELSE 1 END FROM generate_series(1, 60) AS t(i);
INSERT INTO chronic (person, dise, doctor, passed) SELECT d * 100 + i, 1, d, 1 FROM generate_series(3, 8) AS t(d), generate_series(1, 8) AS u(i)
