WITH per AS (
  SELECT e.staff, e.inst, e.day, COUNT(1) AS n, COUNT(DISTINCT e.t) AS moments FROM exec e JOIN (SELECT DISTINCT doctor FROM staff WHERE type = 4) s ON s.doctor = e.staff
  WHERE e.day BETWEEN :first AND :last GROUP BY e.staff, e.inst, e.day
),
over_day AS (SELECT staff, inst, day, n FROM per WHERE 1.0 * moments * :minutes > :max_min),
many AS (SELECT staff, COUNT(1) AS days FROM over_day GROUP BY staff HAVING COUNT(1) >= :min_days)
SELECT o.staff AS case_key, o.staff AS doctor, o.inst AS inst, o.day AS day, o.n AS n, o.n * :minutes AS minutes, m.days AS days, 0 AS money
FROM over_day o JOIN many m ON m.staff = o.staff
