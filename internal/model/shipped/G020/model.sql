-- stays from one address or one unit in one institution, close in time; each pair once
WITH stay AS (
  SELECT v.visit, v.person, v.inst, v.day_in, p.addr AS place FROM visit v JOIN person p ON p.person = v.person
  WHERE v.setting = 2 AND v.course = 0 AND COALESCE(v.er, 0) = 0 AND COALESCE(v.adm_way, 0) <> 1 AND v.day_in BETWEEN :first AND :last AND p.addr IS NOT NULL
  UNION ALL
  SELECT v.visit, v.person, v.inst, v.day_in, p.unit FROM visit v JOIN person p ON p.person = v.person
  WHERE v.setting = 2 AND v.course = 0 AND COALESCE(v.er, 0) = 0 AND COALESCE(v.adm_way, 0) <> 1 AND v.day_in BETWEEN :first AND :last AND p.unit IS NOT NULL
)
SELECT a.visit AS a, b.visit AS b, 1 AS weight
FROM stay a JOIN stay b ON b.inst = a.inst AND b.place = a.place AND b.day_in BETWEEN a.day_in - :window_d AND a.day_in + :window_d AND a.visit < b.visit AND a.person <> b.person
GROUP BY a.visit, b.visit
