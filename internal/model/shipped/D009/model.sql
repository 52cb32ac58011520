WITH both_kinds AS (SELECT generic FROM item WHERE generic IS NOT NULL AND ltype = 101 GROUP BY generic HAVING MAX(vbp) = 1 AND MIN(vbp) = 0),
used AS (
  SELECT l.inst, i.kind, l.item, t.vbp, COUNT(1) AS n, SUM(l.amt) AS amt
  FROM line l JOIN item t ON t.item = l.item JOIN both_kinds g ON g.generic = t.generic JOIN inst i ON i.inst = l.inst
  WHERE l.day BETWEEN :first AND :last AND l.cnt > 0 GROUP BY l.inst, i.kind, l.item, t.vbp
),
per AS (SELECT inst, kind, SUM(n) AS n, 1.0 * SUM(CASE WHEN vbp = 0 THEN n ELSE 0 END) / SUM(n) AS share FROM used GROUP BY inst, kind HAVING SUM(n) >= :min_n),
peer AS (SELECT kind, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY share NULLS LAST) AS mid FROM per GROUP BY kind)
SELECT p.inst AS case_key, p.inst AS inst, u.item AS item, p.share AS share, q.mid AS peer, u.n AS n, u.amt AS money
FROM per p JOIN peer q ON q.kind = p.kind JOIN used u ON u.inst = p.inst AND u.vbp = 0
WHERE p.share >= :nonvbp_share AND p.share >= q.mid + :above
