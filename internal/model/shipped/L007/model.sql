WITH seen AS (
  SELECT v.inst, i.level, v.fee, CASE WHEN c.rest = 1 OR (v.t_in IS NOT NULL AND (v.t_in - CAST(v.day_in AS BIGINT) * 86400 >= 72000 OR v.t_in - CAST(v.day_in AS BIGINT) * 86400 < 21600)) THEN 1 ELSE 0 END AS off
  FROM visit v JOIN inst i ON i.inst = v.inst AND i.kind = 1 JOIN calendar c ON c.day = v.day_in
  WHERE v.setting IN (1, 4) AND v.net = 0 AND v.day_in BETWEEN :first AND :last
),
per AS (SELECT inst, level, COUNT(1) AS visits, SUM(off) AS n, SUM(CASE WHEN off = 1 THEN COALESCE(fee, 0) ELSE 0 END) AS fee FROM seen GROUP BY inst, level HAVING COUNT(1) >= :min_visits),
peer AS (SELECT level, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY 1.0 * n / visits NULLS LAST) AS mid FROM per GROUP BY level)
SELECT p.inst AS case_key, p.inst AS inst, 1.0 * p.n / p.visits AS share, q.mid AS peer, p.n AS n, p.visits AS visits, p.fee AS money
FROM per p JOIN peer q ON q.level = p.level WHERE 1.0 * p.n / p.visits >= :share AND 1.0 * p.n / p.visits >= :times * q.mid
