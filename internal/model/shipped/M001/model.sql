WITH per AS (
  SELECT person, dise, SUM(fund) AS fund, COUNT(DISTINCT inst) AS insts, MAX(day_in) AS day FROM visit
  WHERE setting = 4 AND insutype = 310 AND course = 0 AND dise IS NOT NULL AND day_in BETWEEN :first AND :last GROUP BY person, dise
),
peer AS (
  SELECT dise, COUNT(1) AS n, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY fund NULLS LAST) AS mid, PERCENTILE_CONT(:pct) WITHIN GROUP (ORDER BY fund NULLS LAST) AS top FROM per GROUP BY dise HAVING COUNT(1) >= :min_n
)
SELECT p.person AS case_key, p.person AS person, p.day AS day, p.fund AS fund, q.mid AS peer, q.n AS n, p.insts AS insts, p.fund - CAST(FLOOR(q.mid) AS BIGINT) AS money
FROM per p JOIN peer q ON q.dise = p.dise WHERE p.fund >= :min_fund AND p.fund > q.top AND p.fund >= :times * q.mid
