WITH per AS (
  SELECT inst, device, day, COUNT(DISTINCT visit) AS n FROM exam WHERE device IS NOT NULL AND day BETWEEN :first AND :last GROUP BY inst, device, day
),
over_day AS (SELECT inst, day, n FROM per WHERE 1.0 * n * :minutes > :max_h * 60),
many AS (SELECT inst, COUNT(1) AS days FROM over_day GROUP BY inst HAVING COUNT(1) >= :min_days)
SELECT o.inst AS case_key, o.inst AS inst, o.day AS day, o.n AS n, 1.0 * o.n * :minutes / 60 AS hours, m.days AS days, 0 AS money FROM over_day o JOIN many m ON m.inst = o.inst
