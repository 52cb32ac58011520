WITH own AS (SELECT DISTINCT inst, person FROM staff WHERE person IS NOT NULL),
total AS (SELECT inst, COUNT(1) AS total FROM setl WHERE day BETWEEN :first AND :last GROUP BY inst),
used AS (SELECT s.inst, s.person, COUNT(1) AS n, SUM(s.fee) AS fee, MAX(s.day) AS day FROM setl s JOIN own o ON o.inst = s.inst AND o.person = s.person WHERE s.day BETWEEN :first AND :last GROUP BY s.inst, s.person),
sums AS (SELECT inst, SUM(n) AS n, COUNT(1) AS persons FROM used GROUP BY inst)
SELECT u.inst AS case_key, u.inst AS inst, u.person AS person, u.day AS day, u.n AS each, s.n AS n, t.total AS total, 1.0 * s.n / t.total AS share, u.fee AS money
FROM used u JOIN sums s ON s.inst = u.inst JOIN total t ON t.inst = u.inst
WHERE s.n >= :min_n AND s.persons >= :min_p AND 1.0 * s.n / t.total >= :share
