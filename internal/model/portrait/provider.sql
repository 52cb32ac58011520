WITH mean AS (
  SELECT setting, diag3, AVG(fee) AS fee FROM visit WHERE fee > 0 AND day_in BETWEEN :first AND :last GROUP BY setting, diag3
),
v AS (
  SELECT v.inst, v.person, v.setting, v.fee, v.fund, m.fee AS expected, CASE WHEN c.rest = 1 THEN 1 ELSE 0 END AS off,
         CASE WHEN v.setting = 2 AND v.day_out >= v.day_in THEN v.day_out - v.day_in END AS los
  FROM visit v JOIN mean m ON m.setting = v.setting AND COALESCE(m.diag3, 0) = COALESCE(v.diag3, 0) LEFT JOIN calendar c ON c.day = v.day_in
  WHERE v.fee > 0 AND v.day_in BETWEEN :first AND :last
),
d AS (
  SELECT inst, SUM(amt) AS amt, SUM(CASE WHEN ltype IN (101, 102, 103) THEN amt ELSE 0 END) AS drug, SUM(CASE WHEN ltype = 301 THEN amt ELSE 0 END) AS material FROM line WHERE day BETWEEN :first AND :last GROUP BY inst
)
SELECT i.inst AS inst, i.kind AS kind, i.level AS level, i.area AS area, COUNT(1) AS visits, COUNT(DISTINCT v.person) AS persons, CAST(SUM(v.fee) AS BIGINT) AS fee, CAST(SUM(v.fund) AS BIGINT) AS fund,
       1.0 * SUM(v.fee) / SUM(v.expected) AS cost, 1.0 * SUM(v.fund) / SUM(v.fee) AS fund_share, 1.0 * COUNT(1) / COUNT(DISTINCT v.person) AS often, 1.0 * SUM(v.off) / COUNT(1) AS off,
       CASE WHEN SUM(CASE WHEN v.setting <> 2 THEN 1 ELSE 0 END) >= 20 THEN 1.0 * SUM(CASE WHEN v.setting = 2 THEN 1 ELSE 0 END) / SUM(CASE WHEN v.setting <> 2 THEN 1 ELSE 0 END) END AS stays,
       AVG(v.los) AS los, CASE WHEN MAX(d.amt) > 0 THEN 1.0 * MAX(d.drug) / MAX(d.amt) END AS drug, CASE WHEN MAX(d.amt) > 0 THEN 1.0 * MAX(d.material) / MAX(d.amt) END AS material
FROM v JOIN inst i ON i.inst = v.inst LEFT JOIN d ON d.inst = v.inst
WHERE i.kind = :kind GROUP BY i.inst, i.kind, i.level, i.area HAVING COUNT(1) >= 20
