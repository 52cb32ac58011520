-- What stays cost is skewed: deviations are taken of logarithms, by which a dear stay among few is no outlier for being among few.
WITH stay AS (
  SELECT v.visit, v.person, v.inst, v.day_in, v.fee, v.diag3, i.level, CASE WHEN o.visit IS NULL THEN 0 ELSE 1 END AS cut,
         CASE WHEN v.day_out > v.day_in THEN v.day_out - v.day_in ELSE 1 END AS los
  FROM visit v JOIN inst i ON i.inst = v.inst LEFT JOIN (SELECT DISTINCT visit FROM oper) o ON o.visit = v.visit
  WHERE v.setting = 2 AND v.day_out BETWEEN :first AND :last AND v.fee > 0 AND v.diag3 IS NOT NULL AND COALESCE(v.resc, 0) = 0
),
peer AS (
  SELECT level, diag3, cut, COUNT(1) AS n, AVG(LN(fee)) AS mean, STDDEV_SAMP(LN(fee)) AS sd, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY fee NULLS LAST) AS mid,
         PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY 1.0 * fee / los NULLS LAST) AS daily,
         PERCENTILE_CONT(0.95) WITHIN GROUP (ORDER BY 1.0 * fee / los NULLS LAST) AS dear
  FROM stay GROUP BY level, diag3, cut HAVING COUNT(1) >= :min_n
),
mixed AS (
  SELECT s.level, s.diag3, s.cut FROM stay s JOIN peer p ON p.level = s.level AND p.diag3 = s.diag3 AND p.cut = s.cut
  GROUP BY s.level, s.diag3, s.cut HAVING SUM(CASE WHEN s.fee >= :times * p.mid THEN 1 ELSE 0 END) > :rare * COUNT(1)
)
SELECT s.visit AS case_key, s.visit AS visit, s.person AS person, s.inst AS inst, s.day_in AS day, s.fee AS fee, p.mid AS peer, p.n AS n, 1.0 * (LN(s.fee) - p.mean) / p.sd AS z,
       s.fee - CAST(p.mid AS BIGINT) AS money
FROM stay s JOIN peer p ON p.level = s.level AND p.diag3 = s.diag3 AND p.cut = s.cut LEFT JOIN mixed m ON m.level = s.level AND m.diag3 = s.diag3 AND m.cut = s.cut
WHERE m.level IS NULL AND p.sd > 0 AND LN(s.fee) > p.mean + :z_high * p.sd AND s.fee >= :times * p.mid AND 1.0 * s.fee / s.los >= 2 * p.daily AND 1.0 * s.fee / s.los >= p.dear
