WITH cut AS (SELECT DISTINCT visit FROM oper),
per AS (
  SELECT l.inst, i.level, COUNT(DISTINCT l.visit) AS stays, SUM(l.amt) AS amt, SUM(CASE WHEN l.ltype = 301 AND c.visit IS NULL THEN l.amt ELSE 0 END) AS cons
  FROM line l JOIN visit v ON v.visit = l.visit AND v.setting = 2 JOIN inst i ON i.inst = l.inst LEFT JOIN cut c ON c.visit = l.visit
  WHERE l.day BETWEEN :first AND :last GROUP BY l.inst, i.level HAVING COUNT(DISTINCT l.visit) >= :min_stays AND SUM(l.amt) > 0
),
peer AS (
  SELECT level, COUNT(1) AS peers, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY 1.0 * cons / amt NULLS LAST) AS mid,
         PERCENTILE_CONT(:pct) WITHIN GROUP (ORDER BY 1.0 * cons / amt NULLS LAST) AS top
  FROM per GROUP BY level HAVING COUNT(1) >= :min_peers
)
SELECT p.inst AS case_key, p.inst AS inst, 1.0 * p.cons / p.amt AS ratio, q.mid AS peer, p.stays AS stays, q.peers AS peers, p.cons - CAST(FLOOR(q.mid * p.amt) AS BIGINT) AS money
FROM per p JOIN peer q ON q.level = p.level
WHERE 1.0 * p.cons / p.amt >= q.top AND 1.0 * p.cons / p.amt >= :times * q.mid
