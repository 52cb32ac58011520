WITH again AS (
  SELECT a.inst AS hosp, b.inst AS shop, a.person AS person, b.person AS buyer, b.item AS item, b.day AS day, b.day - a.day AS gap, b.amt AS amt
  FROM box a JOIN box b ON b.box = a.box AND b.inst <> a.inst AND b.person <> a.person AND b.day >= a.day AND b.day - a.day <= :within_d
  JOIN inst h ON h.inst = a.inst AND h.kind = 1 JOIN inst s ON s.inst = b.inst AND s.kind = 2
  WHERE a.part = 0 AND b.part = 0 AND b.day BETWEEN :first AND :last AND (h.grp IS NULL OR s.grp IS NULL OR h.grp <> s.grp)
),
edge AS (SELECT hosp, shop, COUNT(1) AS n FROM again GROUP BY hosp, shop)
SELECT g.shop AS case_key, g.shop AS inst, g.hosp AS other, g.person AS person, g.item AS item, g.day AS day, e.n AS n, g.gap AS gap, g.amt AS money
FROM again g JOIN edge e ON e.hosp = g.hosp AND e.shop = g.shop WHERE e.n >= :edge_n
