WITH rep AS (
  SELECT report, MIN(visit) AS visit, MIN(person) AS person, MIN(inst) AS inst, MIN(day) AS day, COUNT(1) AS items, COUNT(DISTINCT val) AS vals,
         SUM(CAST(MOD(val, 1000003) AS BIGINT) * (1 + MOD(item, 10007))) AS s1, SUM(CAST(MOD(val, 998244353) AS BIGINT) * (1 + MOD(item, 99991))) AS s2
  FROM lab WHERE val IS NOT NULL AND day BETWEEN :first AND :last GROUP BY report HAVING COUNT(1) >= :min_items
),
-- once a person and day: what is sent twice is one report
once AS (SELECT person, inst, day, items, s1, s2, MIN(visit) AS visit FROM rep WHERE vals >= 5 GROUP BY person, inst, day, items, s1, s2),
same AS (SELECT inst, items, s1, s2, COUNT(1) AS same FROM once GROUP BY inst, items, s1, s2 HAVING COUNT(1) > 1),
many AS (SELECT inst FROM same GROUP BY inst HAVING SUM(same) >= :min_n)
SELECT o.inst AS case_key, o.inst AS inst, o.visit AS visit, o.person AS person, o.day AS day, o.items AS items, s.same AS same, 0 AS money
FROM once o JOIN same s ON s.inst = o.inst AND s.items = o.items AND s.s1 = o.s1 AND s.s2 = o.s2 JOIN many m ON m.inst = o.inst
