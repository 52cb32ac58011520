WITH one AS (
  SELECT v.visit, v.inst, v.doctor, v.dept, SUM(CASE WHEN l.ltype BETWEEN 101 AND 106 THEN l.amt ELSE 0 END) AS drug
  FROM visit v JOIN line l ON l.visit = v.visit
  WHERE v.setting IN (1, 5) AND v.course = 0 AND v.doctor IS NOT NULL AND v.day_in BETWEEN :first AND :last
  GROUP BY v.visit, v.inst, v.doctor, v.dept
),
every AS (
  SELECT o.doctor, o.inst, o.dept, i.level, COUNT(1) AS visits, SUM(o.drug) AS drug, 1.0 * SUM(o.drug) / COUNT(1) AS mean
  FROM one o JOIN inst i ON i.inst = o.inst GROUP BY o.doctor, o.inst, o.dept, i.level HAVING COUNT(1) >= 10
),
-- a house whose whole department prescribes dearly is no doctor's doing
house AS (SELECT inst, dept, COUNT(1) AS n, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY mean NULLS LAST) AS mid FROM every GROUP BY inst, dept),
per AS (SELECT doctor, inst, dept, level, visits, drug, mean FROM every WHERE visits >= :min_visits),
peer AS (
  SELECT level, dept, COUNT(1) AS peers, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY mean NULLS LAST) AS mid, PERCENTILE_CONT(:pct) WITHIN GROUP (ORDER BY mean NULLS LAST) AS top
  FROM per GROUP BY level, dept HAVING COUNT(1) >= :min_peers
)
SELECT p.doctor AS case_key, p.doctor AS doctor, p.inst AS inst, p.mean AS mean, q.mid AS peer, p.visits AS visits, q.peers AS peers,
       p.drug - CAST(FLOOR(q.mid * p.visits) AS BIGINT) AS money
FROM per p JOIN peer q ON q.level = p.level AND q.dept = p.dept JOIN house h ON h.inst = p.inst AND h.dept = p.dept
WHERE (h.n < 3 OR p.mean >= 1.5 * h.mid) AND q.mid > 0 AND p.mean >= q.top AND p.mean >= :times * q.mid
