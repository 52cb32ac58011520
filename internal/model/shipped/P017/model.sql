WITH per AS (
  SELECT s.inst, s.month, COUNT(1) AS n, SUM(s.fee) AS fee FROM setl s JOIN inst i ON i.inst = s.inst AND i.kind = 2 WHERE s.day BETWEEN :first AND :last GROUP BY s.inst, s.month HAVING COUNT(1) >= :min_n
),
rise AS (SELECT c.inst, c.month, c.fee, p.fee AS before, 1.0 * (c.fee - p.fee) / p.fee AS rise FROM per c JOIN per p ON p.inst = c.inst AND p.month = c.month - 1 WHERE p.fee > 0),
peer AS (SELECT month, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY rise NULLS LAST) AS mid FROM rise GROUP BY month)
SELECT r.inst AS case_key, r.inst AS inst, r.month AS months, r.rise AS rise, p.mid AS peer, r.before AS before, r.fee - r.before AS money
FROM rise r JOIN peer p ON p.month = r.month WHERE r.rise >= :mom AND r.rise >= p.mid + :above AND r.fee - r.before >= :more
