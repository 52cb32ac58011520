WITH per AS (
  SELECT l.inst, i.level, i.kind, COALESCE(t.generic, -l.item) AS drug, MIN(l.item) AS item, COUNT(1) AS n, SUM(l.amt) AS amt
  FROM line l JOIN inst i ON i.inst = l.inst LEFT JOIN item t ON t.item = l.item
  WHERE l.ltype IN (101, 103) AND l.day BETWEEN :first AND :last GROUP BY l.inst, i.level, i.kind, COALESCE(t.generic, -l.item)
),
total AS (SELECT inst, level, kind, SUM(amt) AS amt FROM per GROUP BY inst, level, kind HAVING SUM(amt) >= :min_amt),
high AS (
  SELECT p.inst, p.level, p.kind, p.drug, p.item, p.n, p.amt, 1.0 * p.amt / t.amt AS share
  FROM per p JOIN total t ON t.inst = p.inst WHERE p.n >= :min_n AND 1.0 * p.amt / t.amt >= :share
),
peer AS (
  SELECT h.inst, h.drug, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY COALESCE(1.0 * p.amt / t.amt, 0) NULLS LAST) AS mid
  FROM high h JOIN total t ON t.level = h.level AND t.kind = h.kind AND t.inst <> h.inst LEFT JOIN per p ON p.inst = t.inst AND p.drug = h.drug
  GROUP BY h.inst, h.drug
)
SELECT h.inst AS case_key, h.inst AS inst, h.item AS item, h.share AS share, COALESCE(q.mid, 0) AS peer, h.n AS n, h.amt AS money
FROM high h JOIN peer q ON q.inst = h.inst AND q.drug = h.drug
WHERE COALESCE(q.mid, 0) * 3 < h.share
