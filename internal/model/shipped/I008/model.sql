WITH took AS (SELECT DISTINCT agent, person, day_in AS day FROM visit WHERE agent IS NOT NULL AND day_in BETWEEN :first AND :last),
near AS (
  SELECT a.agent, a.day, b.person FROM (SELECT DISTINCT agent, day FROM took) a JOIN took b ON b.agent = a.agent AND b.day BETWEEN a.day AND a.day + :window_d - 1
),
burst AS (
  SELECT n.agent, n.day, COUNT(DISTINCT n.person) AS persons, COUNT(DISTINCT COALESCE(p.addr, n.person)) AS homes FROM near n LEFT JOIN person p ON p.person = n.person
  GROUP BY n.agent, n.day HAVING COUNT(DISTINCT n.person) >= :n AND COUNT(DISTINCT COALESCE(p.addr, n.person)) >= :homes
),
best AS (SELECT agent, MAX(persons) AS persons, MAX(homes) AS homes FROM burst GROUP BY agent)
SELECT v.agent AS case_key, v.person AS person, v.visit AS visit, v.inst AS inst, v.day_in AS day, b.persons AS persons, b.homes AS homes, COALESCE(v.fee, 0) AS money
FROM visit v JOIN best b ON b.agent = v.agent
WHERE EXISTS (SELECT 1 FROM burst u WHERE u.agent = v.agent AND v.day_in BETWEEN u.day AND u.day + :window_d - 1)
