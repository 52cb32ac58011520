WITH basket AS (
  SELECT l.visit, l.inst, l.person, MIN(l.day) AS day, COUNT(DISTINCT l.item) AS items, SUM(CAST(l.item AS BIGINT) * l.cnt) AS s1, SUM(CAST(l.item AS BIGINT) * l.item) AS s2, SUM(l.cnt) AS s3, SUM(l.amt) AS amt
  FROM line l JOIN inst i ON i.inst = l.inst AND i.kind = 2 WHERE l.day BETWEEN :first AND :last GROUP BY l.visit, l.inst, l.person HAVING MIN(l.cnt) > 0 AND COUNT(DISTINCT l.item) >= :min_items
),
same AS (
  SELECT b.inst, b.day, b.items, b.s1, b.s2, b.s3, COUNT(DISTINCT b.person) AS same, COUNT(DISTINCT p.addr) AS homes
  FROM basket b LEFT JOIN person p ON p.person = b.person GROUP BY b.inst, b.day, b.items, b.s1, b.s2, b.s3
  HAVING COUNT(DISTINCT p.addr) >= :n OR COUNT(DISTINCT b.person) >= 1.5 * :n
)
SELECT b.inst AS case_key, b.inst AS inst, b.visit AS visit, b.person AS person, b.day AS day, s.same AS same, s.homes AS homes, b.items AS items, b.amt AS money
FROM basket b JOIN same s ON s.inst = b.inst AND s.day = b.day AND s.items = b.items AND s.s1 = b.s1 AND s.s2 = b.s2 AND s.s3 = b.s3
