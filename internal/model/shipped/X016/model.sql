WITH per AS (
  SELECT s.person, s.month, COUNT(1) AS n, COUNT(DISTINCT s.inst) AS insts, SUM(s.fee) AS fee, MAX(s.day) AS day FROM setl s JOIN visit v ON v.visit = s.visit AND v.course = 0
  WHERE s.setting IN (1, 3, 4, 5) AND s.day BETWEEN :first AND :last GROUP BY s.person, s.month
),
peak AS (SELECT person, month, n, insts, fee, day FROM per WHERE n >= :min_n),
start AS (SELECT person, MIN(month) AS m0 FROM per GROUP BY person),
past AS (
  SELECT k.person, k.month, k.n, k.insts, k.fee, k.day, k.month - s.m0 AS months, COALESCE(SUM(p.n), 0) AS total, COALESCE(SUM(p.n * p.n), 0) AS squares
  FROM peak k JOIN start s ON s.person = k.person LEFT JOIN per p ON p.person = k.person AND p.month < k.month GROUP BY k.person, k.month, k.n, k.insts, k.fee, k.day, s.m0
),
stat AS (SELECT person, month, n, insts, fee, day, 1.0 * total / months AS mean, SQRT(CASE WHEN 1.0 * squares / months > (1.0 * total / months) * (1.0 * total / months) THEN 1.0 * squares / months - (1.0 * total / months) * (1.0 * total / months) ELSE 0 END) AS sd FROM past WHERE months >= :min_month)
SELECT person AS case_key, person AS person, day AS day, n AS n, mean AS mean, insts AS insts, 1.0 * (n - mean) / (CASE WHEN sd > 0.5 THEN sd ELSE 0.5 END) AS z, fee AS money
FROM stat WHERE n >= :times * mean AND n >= mean + :z * (CASE WHEN sd > 0.5 THEN sd ELSE 0.5 END)
