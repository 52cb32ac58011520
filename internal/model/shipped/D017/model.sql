WITH seen AS (
  SELECT v.visit, v.inst, i.level FROM visit v JOIN inst i ON i.inst = v.inst AND i.kind = 1
  WHERE v.setting = 1 AND v.course = 0 AND v.day_in BETWEEN :first AND :last
),
shot AS (
  SELECT l.visit, SUM(l.amt) AS amt FROM line l JOIN item t ON t.item = l.item AND t.shot = 1 WHERE l.ltype = 101 AND l.cnt > 0 GROUP BY l.visit
),
per AS (
  SELECT s.inst, s.level, COUNT(1) AS visits, COUNT(h.visit) AS shots, COALESCE(SUM(h.amt), 0) AS amt, 1.0 * COUNT(h.visit) / COUNT(1) AS rate
  FROM seen s LEFT JOIN shot h ON h.visit = s.visit GROUP BY s.inst, s.level HAVING COUNT(1) >= :min_visits
),
peer AS (SELECT level, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY rate NULLS LAST) AS mid FROM per GROUP BY level)
SELECT p.inst AS case_key, p.inst AS inst, p.rate AS rate, q.mid AS peer, p.visits AS visits, p.shots AS shots, p.amt AS money
FROM per p JOIN peer q ON q.level = p.level WHERE p.rate >= :rate AND p.rate >= :times * q.mid
