WITH idet AS (SELECT doctor, person, day_idet AS day, passed FROM chronic WHERE doctor IS NOT NULL AND day_idet IS NOT NULL),
per AS (SELECT doctor, COUNT(DISTINCT person) AS n, 1.0 * SUM(passed) / COUNT(1) AS pass, COUNT(1) AS rows_n FROM idet GROUP BY doctor HAVING COUNT(DISTINCT person) >= :min_n),
daily AS (SELECT i.doctor, i.day, COUNT(1) AS k FROM idet i JOIN per p ON p.doctor = i.doctor GROUP BY i.doctor, i.day),
ranked AS (SELECT doctor, day, k, ROW_NUMBER() OVER (PARTITION BY doctor ORDER BY k DESC NULLS LAST, day NULLS LAST) AS r FROM daily),
busy AS (SELECT doctor, SUM(k) AS k, MIN(day) AS day FROM ranked WHERE r <= 3 GROUP BY doctor)
SELECT p.doctor AS case_key, p.doctor AS doctor, b.day AS day, p.n AS n, p.pass AS pass, 1.0 * b.k / p.rows_n AS burst, 0 AS money
FROM per p JOIN busy b ON b.doctor = p.doctor
WHERE p.pass >= :pass AND 1.0 * b.k / p.rows_n >= :burst
