WITH shown AS (SELECT DISTINCT device, person, day FROM ecode WHERE device IS NOT NULL AND day BETWEEN :first AND :last),
near AS (SELECT a.device, a.day, b.person, b.day AS used FROM (SELECT DISTINCT device, day FROM shown) a JOIN shown b ON b.device = a.device AND b.day BETWEEN a.day AND a.day + :window_d - 1),
burst AS (SELECT device, day FROM near GROUP BY device, day HAVING COUNT(DISTINCT person) >= :n),
paid AS (
  SELECT DISTINCT n.device, n.day, n.person, s.setl, s.visit, s.inst, s.day AS setl_day, s.fee FROM near n JOIN burst u ON u.device = n.device AND u.day = n.day
  JOIN setl s ON s.person = n.person AND s.day BETWEEN n.used AND n.used + 3
),
many AS (SELECT device, day, COUNT(DISTINCT person) AS settled FROM paid GROUP BY device, day HAVING COUNT(DISTINCT person) >= :n)
SELECT p.device AS case_key, p.person AS person, p.visit AS visit, p.inst AS inst, p.setl_day AS day, MAX(m.settled) AS settled, MAX(p.fee) AS money
FROM paid p JOIN many m ON m.device = p.device AND m.day = p.day GROUP BY p.device, p.person, p.visit, p.inst, p.setl_day
