WITH served AS (
  SELECT staff, inst, day, CAST(FLOOR(1.0 * (t - CAST(day AS BIGINT) * 86400) / 3600) AS INTEGER) AS hour FROM exec WHERE staff IS NOT NULL AND t IS NOT NULL AND day BETWEEN :first AND :last
  UNION ALL
  SELECT staff, inst, day, CAST(FLOOR(1.0 * (t - CAST(day AS BIGINT) * 86400) / 3600) AS INTEGER) FROM line WHERE staff IS NOT NULL AND t IS NOT NULL AND cnt > 0 AND day BETWEEN :first AND :last
),
per AS (SELECT staff, inst, day, COUNT(DISTINCT hour) AS hours, COUNT(1) AS n FROM served GROUP BY staff, inst, day HAVING COUNT(DISTINCT hour) >= :hours),
many AS (SELECT staff, COUNT(1) AS days FROM per GROUP BY staff HAVING COUNT(1) >= :min_days)
SELECT p.staff AS case_key, p.staff AS doctor, p.inst AS inst, p.day AS day, p.hours AS hours, p.n AS n, m.days AS days, 0 AS money FROM per p JOIN many m ON m.staff = p.staff
