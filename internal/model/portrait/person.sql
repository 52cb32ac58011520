WITH v AS (
  SELECT person, inst, setting, day_in, course, fee, fund FROM visit WHERE day_in BETWEEN :first AND :last AND fee > 0
),
busiest AS (SELECT person, MAX(n) AS n FROM (SELECT person, day_in, COUNT(DISTINCT inst) AS n FROM v GROUP BY person, day_in) q GROUP BY person),
ill AS (SELECT DISTINCT person FROM chronic WHERE passed = 1)
SELECT v.person AS person, p.area AS area, p.insutype AS insutype, CAST(FLOOR(1.0 * (:last - p.born) / 3652.5) AS INTEGER) AS decade, CASE WHEN i.person IS NULL THEN 0 ELSE 1 END AS chronic, MAX(v.course) AS course,
       COUNT(1) AS visits, COUNT(DISTINCT v.inst) AS insts, CAST(SUM(v.fee) AS BIGINT) AS fee, CAST(SUM(v.fund) AS BIGINT) AS fund,
       1.0 * SUM(v.fund) / COUNT(1) AS per_visit, MAX(b.n) AS same_day, 1.0 * SUM(CASE WHEN v.setting = 3 THEN 1 ELSE 0 END) AS shops, 1.0 * SUM(CASE WHEN v.setting = 2 THEN 1 ELSE 0 END) AS stays
FROM v JOIN person p ON p.person = v.person LEFT JOIN ill i ON i.person = v.person LEFT JOIN busiest b ON b.person = v.person
GROUP BY v.person, p.area, p.insutype, p.born, CASE WHEN i.person IS NULL THEN 0 ELSE 1 END HAVING COUNT(1) >= 3
