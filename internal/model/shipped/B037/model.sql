WITH asked AS (
  SELECT o.inst, o.visit, MIN(o.person) AS person, MIN(o.item) AS item, MIN(o.day) AS day
  FROM order_text o JOIN visit v ON v.visit = o.visit AND v.setting = 2
  WHERE (o.body LIKE '%外购%' OR o.body LIKE '%自备%') AND o.item IS NOT NULL AND o.day BETWEEN :first AND :last
    AND NOT EXISTS (SELECT 1 FROM line l WHERE l.visit = o.visit AND l.item = o.item)
    AND NOT EXISTS (SELECT 1 FROM pickup p WHERE p.person = o.person AND p.item = o.item)
  GROUP BY o.inst, o.visit
),
stays AS (SELECT inst, COUNT(1) AS stays FROM visit WHERE setting = 2 AND day_in BETWEEN :first AND :last GROUP BY inst),
per AS (SELECT inst, COUNT(1) AS n FROM asked GROUP BY inst)
SELECT a.inst AS case_key, a.inst AS inst, a.visit AS visit, a.person AS person, a.item AS item, a.day AS day, p.n AS n, s.stays AS stays, 1.0 * p.n / s.stays AS share, 0 AS money
FROM asked a JOIN per p ON p.inst = a.inst JOIN stays s ON s.inst = a.inst
WHERE p.n >= :min_n AND 1.0 * p.n / s.stays >= :share
