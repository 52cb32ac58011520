-- visits whose doctor is registered elsewhere only; the same medical community does not count
WITH signed AS (
  SELECT l.inst, l.visit, l.doctor, SUM(l.amt) AS amt, MIN(h.doctor) AS here FROM line l LEFT JOIN (SELECT DISTINCT doctor, inst FROM staff) h ON h.doctor = l.doctor AND h.inst = l.inst
  WHERE l.doctor IS NOT NULL AND l.day BETWEEN :first AND :last AND l.cnt > 0
  GROUP BY l.inst, l.visit, l.doctor
),
total AS (SELECT inst, COUNT(DISTINCT visit) AS total FROM signed GROUP BY inst),
home AS (SELECT doctor, MIN(inst) AS inst FROM staff GROUP BY doctor),
away AS (
  SELECT s.inst, m.inst AS other, COUNT(DISTINCT s.visit) AS n, SUM(s.amt) AS amt
  FROM signed s JOIN home m ON m.doctor = s.doctor LEFT JOIN inst a ON a.inst = s.inst LEFT JOIN inst b ON b.inst = m.inst
  WHERE s.here IS NULL AND (a.grp IS NULL OR b.grp IS NULL OR a.grp <> b.grp)
  GROUP BY s.inst, m.inst
),
sums AS (SELECT inst, SUM(n) AS n FROM away GROUP BY inst)
SELECT w.inst AS case_key, w.inst AS inst, w.other AS other, w.n AS n, t.total AS total, 1.0 * w.n / t.total AS share, w.amt AS money
FROM away w JOIN sums s ON s.inst = w.inst JOIN total t ON t.inst = w.inst
WHERE s.n >= :min_n AND 1.0 * s.n / t.total >= :ratio
