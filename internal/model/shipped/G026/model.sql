WITH daily AS (
  SELECT l.visit, l.day, SUM(l.amt) AS amt FROM line l JOIN visit v ON v.visit = l.visit AND v.setting = 2 AND v.course = 0
  WHERE v.day_out IS NOT NULL AND l.day >= v.day_in AND l.day < v.day_out AND v.day_in BETWEEN :first AND :last GROUP BY l.visit, l.day
),
rich AS (SELECT l.visit FROM line l WHERE l.visit IN (SELECT visit FROM daily) GROUP BY l.visit HAVING COUNT(DISTINCT l.item) >= :min_items AND MAX(CASE WHEN l.ltype BETWEEN 101 AND 106 THEN 1 ELSE 0 END) = 1),
flat AS (
  SELECT visit, COUNT(1) AS days, AVG(amt) AS mean, STDDEV_POP(amt) AS sd FROM daily GROUP BY visit HAVING COUNT(1) >= :min_days AND AVG(amt) > 0
)
SELECT f.visit AS case_key, f.visit AS visit, v.person AS person, v.inst AS inst, v.day_in AS day, 1.0 * f.sd / f.mean AS cv, f.days AS days, f.mean AS mean, COALESCE(v.fee, 0) AS money
FROM flat f JOIN visit v ON v.visit = f.visit JOIN rich r ON r.visit = f.visit WHERE f.sd <= :cv * f.mean
