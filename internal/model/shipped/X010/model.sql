WITH seen AS (
  SELECT v.visit, v.person, v.inst, v.day_in, v.fee, v.setting,
         1.0 * (h.lat - i.lat) / 1000000 * 111.2 AS dy, 1.0 * (h.lon - i.lon) / 1000000 * 95.0 AS dx
  FROM visit v JOIN inst i ON i.inst = v.inst AND i.level <= 1 JOIN person p ON p.person = v.person JOIN place h ON h.area = p.addr_area
  WHERE i.kind = 1 AND i.lon IS NOT NULL AND i.lat IS NOT NULL AND v.day_in BETWEEN :first AND :last
),
far AS (SELECT visit, person, inst, day_in, fee, SQRT(dx * dx + dy * dy) AS km FROM seen WHERE setting <> 5 AND dx * dx + dy * dy > :km * :km),
tot AS (SELECT inst, COUNT(DISTINCT person) AS persons FROM seen GROUP BY inst),
per AS (SELECT inst, COUNT(DISTINCT person) AS far FROM far GROUP BY inst)
SELECT f.inst AS case_key, f.inst AS inst, f.person AS person, f.visit AS visit, f.day_in AS day, f.km AS km, p.far AS far, t.persons AS persons, 1.0 * p.far / t.persons AS share, COALESCE(f.fee, 0) AS money
FROM far f JOIN per p ON p.inst = f.inst JOIN tot t ON t.inst = f.inst WHERE p.far >= :min_p AND 1.0 * p.far / t.persons >= :share
