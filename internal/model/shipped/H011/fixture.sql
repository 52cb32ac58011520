INSERT INTO chronic (person, dise, doctor, passed, day_idet) SELECT i, 1, 1, 1, 100 + MOD(i, 2) FROM generate_series(1, 60) AS t(i);
INSERT INTO chronic (person, dise, doctor, passed, day_idet) SELECT 100 + i, 1, 2, CASE WHEN MOD(i, 4) = 0 THEN 0 ELSE 1 END, 100 FROM generate_series(1, 60) AS t(i);
INSERT INTO chronic (person, dise, doctor, passed, day_idet) SELECT 300 + i, 1, 3, 1, 100 + i FROM generate_series(1, 60) AS t(i)
