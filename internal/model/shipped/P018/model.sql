WITH basket AS (
  SELECT l.visit, l.inst, l.person, MIN(l.day) AS day, COUNT(DISTINCT l.item) AS items, SUM(CAST(l.item AS BIGINT) * l.cnt) AS s1, SUM(CAST(l.item AS BIGINT) * l.item) AS s2, SUM(l.cnt) AS s3, SUM(l.amt) AS amt
  FROM line l JOIN inst i ON i.inst = l.inst AND i.kind = 2 WHERE l.day BETWEEN :first AND :last GROUP BY l.visit, l.inst, l.person HAVING MIN(l.cnt) > 0 AND COUNT(DISTINCT l.item) >= :min_items
),
same AS (
  SELECT b.inst, b.day, b.items, b.s1, b.s2, b.s3, COUNT(DISTINCT b.person) AS same, COUNT(DISTINCT p.addr) AS homes
  FROM basket b LEFT JOIN person p ON p.person = b.person GROUP BY b.inst, b.day, b.items, b.s1, b.s2, b.s3
  HAVING COUNT(DISTINCT p.addr) >= :n OR COUNT(DISTINCT b.person) >= 1.5 * :n
),
usual AS (
  SELECT s.inst, s.day, s.items, s.s1, s.s2, s.s3 FROM same s JOIN basket b ON b.items = s.items AND b.s1 = s.s1 AND b.s2 = s.s2 AND b.s3 = s.s3 AND b.inst <> s.inst
  GROUP BY s.inst, s.day, s.items, s.s1, s.s2, s.s3, s.same HAVING COUNT(DISTINCT b.person) >= :common * s.same
)
SELECT b.inst AS case_key, b.inst AS inst, b.visit AS visit, b.person AS person, b.day AS day, s.same AS same, s.homes AS homes, b.items AS items, b.amt AS money
FROM basket b JOIN same s ON s.inst = b.inst AND s.day = b.day AND s.items = b.items AND s.s1 = b.s1 AND s.s2 = b.s2 AND s.s3 = b.s3
  LEFT JOIN usual u ON u.inst = s.inst AND u.day = s.day AND u.items = s.items AND u.s1 = s.s1 AND u.s2 = s.s2 AND u.s3 = s.s3
WHERE u.inst IS NULL
