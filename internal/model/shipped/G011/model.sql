WITH moves AS (
  SELECT inst, day_in AS day, 1 AS step FROM visit WHERE setting = 2 AND COALESCE(daysurg, 0) = 0 AND day_in <= :last
  UNION ALL
  SELECT inst, CASE WHEN day_out > day_in THEN day_out ELSE day_in + 1 END, -1 FROM visit WHERE setting = 2 AND COALESCE(daysurg, 0) = 0 AND day_out IS NOT NULL AND day_in <= :last
),
sums AS (SELECT inst, day, SUM(step) AS step FROM moves GROUP BY inst, day),
census AS (SELECT inst, day, SUM(step) OVER (PARTITION BY inst ORDER BY day NULLS LAST ROWS UNBOUNDED PRECEDING) AS n, LEAD(day) OVER (PARTITION BY inst ORDER BY day NULLS LAST) AS until_day FROM sums),
over_day AS (
  SELECT c.inst, c.day, c.n, i.beds, COALESCE(c.until_day, c.day + 1) - c.day AS days FROM census c JOIN inst i ON i.inst = c.inst
  WHERE i.beds > 0 AND c.n > :ratio * i.beds AND c.day BETWEEN :first AND :last
),
many AS (SELECT inst, SUM(days) AS days FROM over_day GROUP BY inst HAVING SUM(days) >= :min_days)
SELECT o.inst AS case_key, o.inst AS inst, o.day AS day, o.n AS n, o.beds AS beds, 1.0 * o.n / o.beds AS ratio, m.days AS days, 0 AS money
FROM over_day o JOIN many m ON m.inst = o.inst
