WITH paper AS (SELECT setl, inst, SUM(CASE WHEN medical = 1 THEN amt ELSE 0 END) AS drug, SUM(CASE WHEN medical = 0 THEN amt ELSE 0 END) AS goods FROM receipt WHERE setl IS NOT NULL GROUP BY setl, inst),
odd AS (
  SELECT p.inst, s.visit, s.person, s.day, s.fee - p.drug AS gap FROM paper p JOIN setl s ON s.setl = p.setl
  WHERE p.goods > 0 AND s.fee - p.drug >= :gap AND s.day BETWEEN :first AND :last
),
many AS (SELECT inst, COUNT(1) AS n FROM odd GROUP BY inst HAVING COUNT(1) >= :min_n)
SELECT o.inst AS case_key, o.inst AS inst, o.visit AS visit, o.person AS person, o.day AS day, o.gap AS gap, m.n AS n, o.gap AS money FROM odd o JOIN many m ON m.inst = o.inst
