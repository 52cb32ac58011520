WITH per AS (
  SELECT s.inst, s.month, COUNT(1) AS total, SUM(CASE WHEN s.area <> i.area THEN 1 ELSE 0 END) AS n, SUM(CASE WHEN s.area <> i.area THEN s.fee ELSE 0 END) AS fee
  FROM setl s JOIN inst i ON i.inst = s.inst AND i.kind = 2 WHERE s.area IS NOT NULL AND s.day BETWEEN :first AND :last GROUP BY s.inst, s.month
)
SELECT c.inst AS case_key, c.inst AS inst, c.month AS months, c.n AS n, 1.0 * c.n / c.total AS share, 1.0 * p.n / p.total AS before, c.fee AS money
FROM per c JOIN per p ON p.inst = c.inst AND p.month = c.month - 1
WHERE c.n >= :min_n AND p.total >= :min_n AND 1.0 * c.n / c.total >= :share AND 1.0 * c.n / c.total >= (1 + :mom) * (1.0 * p.n / p.total)
