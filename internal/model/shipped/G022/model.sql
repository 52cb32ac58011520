WITH stay AS (SELECT visit, person, inst, day_in, day_out FROM visit WHERE setting = 2 AND course = 0 AND COALESCE(daysurg, 0) = 0 AND day_out > day_in AND day_in BETWEEN :first AND :last)
SELECT a.person AS a, b.person AS b, COUNT(DISTINCT a.day_in) AS weight
FROM stay a JOIN stay b ON b.inst = a.inst AND b.day_in = a.day_in AND b.day_out = a.day_out AND a.person < b.person
GROUP BY a.person, b.person HAVING COUNT(DISTINCT a.day_in) >= :times
