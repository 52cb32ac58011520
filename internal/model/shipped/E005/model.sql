WITH billed AS (
  SELECT l.visit, MIN(l.person) AS person, MIN(l.inst) AS inst, MIN(l.day) AS day, l.item, SUM(l.amt) AS amt FROM line l
  WHERE l.ltype = 301 AND EXISTS (SELECT 1 FROM implant m WHERE m.visit = l.visit AND m.item IS NOT NULL) AND l.day BETWEEN :first AND :last
  GROUP BY l.visit, l.item HAVING SUM(l.cnt) > 0 AND SUM(l.amt) >= :min_amt
),
lone_bill AS (SELECT b.visit, b.person, b.inst, b.day, b.item, b.amt FROM billed b WHERE NOT EXISTS (SELECT 1 FROM implant m WHERE m.visit = b.visit AND m.item = b.item)),
lone_code AS (
  SELECT m.visit, COUNT(1) AS registered FROM implant m
  WHERE m.item IS NOT NULL AND NOT EXISTS (SELECT 1 FROM line l WHERE l.visit = m.visit AND l.item = m.item AND l.cnt > 0) GROUP BY m.visit
),
n AS (SELECT visit, COUNT(1) AS billed FROM lone_bill GROUP BY visit)
SELECT b.visit AS case_key, b.visit AS visit, b.person AS person, b.inst AS inst, b.day AS day, b.item AS item, n.billed AS billed, c.registered AS registered, b.amt AS money
FROM lone_bill b JOIN lone_code c ON c.visit = b.visit JOIN n ON n.visit = b.visit
