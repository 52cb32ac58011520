WITH mean AS (
  SELECT setting, diag3, AVG(fee) AS fee FROM visit WHERE fee > 0 AND day_in BETWEEN :first AND :last GROUP BY setting, diag3
),
v AS (
  SELECT v.visit, v.inst, v.dept, v.person, v.setting, v.fee, v.fund, m.fee AS expected, CASE WHEN c.rest = 1 THEN 1 ELSE 0 END AS off,
         CASE WHEN v.setting = 2 AND v.day_out >= v.day_in THEN v.day_out - v.day_in END AS los
  FROM visit v JOIN mean m ON m.setting = v.setting AND COALESCE(m.diag3, 0) = COALESCE(v.diag3, 0) LEFT JOIN calendar c ON c.day = v.day_in
  WHERE v.fee > 0 AND v.dept IS NOT NULL AND v.day_in BETWEEN :first AND :last
),
d AS (SELECT visit, SUM(CASE WHEN ltype IN (101, 102, 103) THEN amt ELSE 0 END) AS drug, SUM(CASE WHEN ltype = 301 THEN amt ELSE 0 END) AS material FROM line WHERE day BETWEEN :first AND :last GROUP BY visit)
SELECT v.inst AS inst, v.dept AS dept, i.kind AS kind, i.level AS level, i.area AS area, COUNT(1) AS visits, COUNT(DISTINCT v.person) AS persons, CAST(SUM(v.fee) AS BIGINT) AS fee, CAST(SUM(v.fund) AS BIGINT) AS fund,
       1.0 * SUM(v.fee) / SUM(v.expected) AS cost, 1.0 * COUNT(1) / COUNT(DISTINCT v.person) AS often, 1.0 * SUM(v.off) / COUNT(1) AS off,
       1.0 * SUM(d.drug) / SUM(v.fee) AS drug, 1.0 * SUM(d.material) / SUM(v.fee) AS material, AVG(v.los) AS los, 1.0 * SUM(CASE WHEN v.setting = 2 THEN 1 ELSE 0 END) / COUNT(1) AS stays
FROM v JOIN inst i ON i.inst = v.inst AND i.kind = 1 LEFT JOIN d ON d.visit = v.visit
GROUP BY v.inst, v.dept, i.kind, i.level, i.area HAVING COUNT(1) >= 20
