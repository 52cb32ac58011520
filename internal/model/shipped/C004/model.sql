-- a set is named by number, sum and sum of squares of its items
WITH one AS (
  SELECT l.visit, l.inst, l.item, SUM(l.amt) AS amt FROM line l JOIN visit v ON v.visit = l.visit AND v.setting = 1
  WHERE l.chrg = 4 AND l.day BETWEEN :first AND :last GROUP BY l.visit, l.inst, l.item HAVING SUM(l.cnt) > 0
),
panel AS (
  SELECT visit, inst, COUNT(1) AS items, SUM(CAST(item AS BIGINT)) AS s1, SUM(CAST(item AS BIGINT) * item) AS s2, SUM(amt) AS amt FROM one GROUP BY visit, inst
),
tested AS (SELECT inst, COUNT(1) AS tested FROM panel GROUP BY inst),
same AS (
  SELECT p.inst, p.items, p.s1, p.s2, COUNT(1) AS n, COUNT(DISTINCT v.diag3) AS diags, SUM(p.amt) AS amt
  FROM panel p JOIN visit v ON v.visit = p.visit WHERE p.items >= :min_items
  GROUP BY p.inst, p.items, p.s1, p.s2
)
SELECT s.inst AS case_key, s.inst AS inst, s.n AS n, s.items AS items, s.diags AS diags, 1.0 * s.n / t.tested AS share, s.amt AS money
FROM same s JOIN tested t ON t.inst = s.inst
WHERE s.n >= :min_cases AND s.diags >= :min_diag AND 1.0 * s.n / t.tested >= :share
