-- Drugs of stays are compared with drugs of stays: a house with wards is unlike one without, not unlike its peers.
WITH per AS (
  SELECT l.inst, i.level, i.kind, CASE WHEN v.setting = 2 THEN 1 ELSE 0 END AS ward, COALESCE(t.generic, -l.item) AS drug, MIN(l.item) AS item, COUNT(1) AS n, SUM(l.amt) AS amt
  FROM line l JOIN visit v ON v.visit = l.visit JOIN inst i ON i.inst = l.inst LEFT JOIN item t ON t.item = l.item
  WHERE l.ltype IN (101, 103) AND l.day BETWEEN :first AND :last GROUP BY l.inst, i.level, i.kind, CASE WHEN v.setting = 2 THEN 1 ELSE 0 END, COALESCE(t.generic, -l.item)
),
total AS (SELECT inst, level, kind, ward, SUM(amt) AS amt FROM per GROUP BY inst, level, kind, ward HAVING SUM(amt) >= :min_amt),
high AS (
  SELECT p.inst, p.level, p.kind, p.ward, p.drug, p.item, p.n, p.amt, 1.0 * p.amt / t.amt AS share
  FROM per p JOIN total t ON t.inst = p.inst AND t.ward = p.ward WHERE p.n >= :min_n AND 1.0 * p.amt / t.amt >= :share
),
peer AS (
  SELECT h.inst, h.ward, h.drug, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY COALESCE(1.0 * p.amt / t.amt, 0) NULLS LAST) AS mid
  FROM high h JOIN total t ON t.level = h.level AND t.kind = h.kind AND t.ward = h.ward AND t.inst <> h.inst LEFT JOIN per p ON p.inst = t.inst AND p.ward = t.ward AND p.drug = h.drug
  GROUP BY h.inst, h.ward, h.drug
)
SELECT h.inst AS case_key, h.inst AS inst, h.item AS item, h.share AS share, COALESCE(q.mid, 0) AS peer, h.n AS n, h.ward AS ward, h.amt AS money
FROM high h JOIN peer q ON q.inst = h.inst AND q.ward = h.ward AND q.drug = h.drug
WHERE COALESCE(q.mid, 0) * 3 < h.share
