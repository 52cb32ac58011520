-- pairs of drug and diagnosis with the institutions that use them; a pair nobody else uses is odd
WITH used AS (
  SELECT l.inst, COALESCE(t.generic, -l.item) AS drug, v.diag3, COUNT(1) AS n, SUM(l.amt) AS amt
  FROM line l JOIN visit v ON v.visit = l.visit AND v.setting IN (1, 5) AND v.course = 0 AND v.diag3 IS NOT NULL LEFT JOIN item t ON t.item = l.item
  WHERE l.ltype = 101 AND l.cnt > 0 AND l.day BETWEEN :first AND :last GROUP BY l.inst, COALESCE(t.generic, -l.item), v.diag3
),
spread AS (SELECT drug, diag3, COUNT(1) AS insts FROM used GROUP BY drug, diag3),
known AS (SELECT drug FROM used GROUP BY drug HAVING COUNT(DISTINCT inst) >= 3),
per AS (
  SELECT u.inst, i.level, SUM(u.n) AS n, SUM(CASE WHEN s.insts = 1 THEN u.n ELSE 0 END) AS odd, SUM(CASE WHEN s.insts = 1 THEN u.amt ELSE 0 END) AS amt
  FROM used u JOIN spread s ON s.drug = u.drug AND s.diag3 = u.diag3 JOIN known k ON k.drug = u.drug JOIN inst i ON i.inst = u.inst AND i.kind = 1
  GROUP BY u.inst, i.level HAVING SUM(u.n) >= :min_n
),
peer AS (SELECT level, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY 1.0 * odd / n NULLS LAST) AS mid FROM per GROUP BY level)
SELECT p.inst AS case_key, p.inst AS inst, 1.0 * p.odd / p.n AS rate, q.mid AS peer, p.n AS n, p.odd AS odd, p.amt AS money
FROM per p JOIN peer q ON q.level = p.level WHERE 1.0 * p.odd / p.n >= :rate AND 1.0 * p.odd / p.n >= :times * q.mid
