WITH stay AS (
  SELECT v.visit, v.person, v.inst, v.day_in, v.diag3, v.fee, p.addr AS place FROM visit v JOIN person p ON p.person = v.person
  WHERE v.setting = 2 AND v.course = 0 AND COALESCE(v.er, 0) = 0 AND COALESCE(v.adm_way, 0) <> 1 AND v.day_in BETWEEN :first AND :last AND v.fee > 0 AND v.diag3 IS NOT NULL AND p.addr IS NOT NULL
  UNION ALL
  SELECT v.visit, v.person, v.inst, v.day_in, v.diag3, v.fee, p.unit FROM visit v JOIN person p ON p.person = v.person
  WHERE v.setting = 2 AND v.course = 0 AND COALESCE(v.er, 0) = 0 AND COALESCE(v.adm_way, 0) <> 1 AND v.day_in BETWEEN :first AND :last AND v.fee > 0 AND v.diag3 IS NOT NULL AND p.unit IS NOT NULL
)
SELECT a.visit AS a, b.visit AS b, 1 AS weight
FROM stay a JOIN stay b ON b.inst = a.inst AND b.place = a.place AND b.diag3 = a.diag3 AND a.visit < b.visit AND a.person <> b.person
 AND b.day_in BETWEEN a.day_in - :window_d AND a.day_in + :window_d AND ABS(a.fee - b.fee) <= :cost_gap * CASE WHEN a.fee < b.fee THEN a.fee ELSE b.fee END
GROUP BY a.visit, b.visit
