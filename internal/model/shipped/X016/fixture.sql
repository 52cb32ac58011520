INSERT INTO setl (setl, visit, person, inst, setting, day, month, fee) SELECT p * 10000 + m * 100 + i, p * 10000 + m * 100 + i, p, 1, 1, 100 + 30 * m, m, 1000 FROM generate_series(1, 2) AS u(p), generate_series(1, 9) AS v(m), generate_series(1, 40) AS t(i)
WHERE i <= CASE WHEN m = 9 THEN 20 WHEN p = 2 THEN 15 ELSE 2 END;
INSERT INTO visit (visit, person, course) SELECT visit, person, 0 FROM setl
