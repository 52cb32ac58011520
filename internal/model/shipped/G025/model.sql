WITH span AS (SELECT MIN(day_in) AS d0, MAX(day_in) AS d1 FROM visit WHERE setting = 2 AND day_in BETWEEN :first AND :last),
own AS (SELECT inst, MIN(day_in) AS d0 FROM visit WHERE setting = 2 AND day_in BETWEEN :first AND :last GROUP BY inst),
adm AS (
  SELECT v.inst, SUM(c.holiday) AS n, SUM(1 - c.holiday) AS others FROM visit v JOIN calendar c ON c.day = v.day_in
  WHERE v.setting = 2 AND v.course = 0 AND COALESCE(v.er, 0) = 0 AND COALESCE(v.adm_way, 0) <> 1 AND v.day_in BETWEEN :first AND :last GROUP BY v.inst
),
days AS (
  SELECT o.inst, SUM(c.holiday) AS holidays, SUM(1 - c.holiday) AS usual_days FROM own o JOIN span s ON s.d1 >= o.d0 JOIN calendar c ON c.day BETWEEN o.d0 AND s.d1 GROUP BY o.inst
)
SELECT a.inst AS case_key, a.inst AS inst, a.n AS n, 1.0 * a.others * d.holidays / d.usual_days AS usual, 1.0 * a.n * d.usual_days / (a.others * d.holidays) AS ratio, 0 AS money
FROM adm a JOIN days d ON d.inst = a.inst
WHERE d.holidays > 0 AND d.usual_days > 0 AND a.others > 0 AND a.n >= :min_n AND 1.0 * a.n * d.usual_days >= :ratio * a.others * d.holidays
  AND a.n >= 1.0 * a.others * d.holidays / d.usual_days + :sigma * SQRT(1.0 * a.others * d.holidays / d.usual_days)
