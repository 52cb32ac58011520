WITH same AS (
  SELECT inst, day, fee, COUNT(DISTINCT person) AS same FROM setl WHERE setting IN (1, 3, 4) AND fee >= :min_fee AND day BETWEEN :first AND :last GROUP BY inst, day, fee HAVING COUNT(DISTINCT person) >= :n
),
spread AS (SELECT s.fee, COUNT(1) AS all_n FROM setl s JOIN (SELECT DISTINCT fee FROM same) f ON f.fee = s.fee WHERE s.setting IN (1, 3, 4) GROUP BY s.fee)
SELECT m.inst AS case_key, m.inst AS inst, s.person AS person, s.visit AS visit, m.day AS day, m.same AS same, m.fee AS fee, p.all_n AS all_n, m.fee AS money
FROM same m JOIN spread p ON p.fee = m.fee JOIN setl s ON s.inst = m.inst AND s.day = m.day AND s.fee = m.fee
WHERE 1.0 * m.same / p.all_n >= :share
