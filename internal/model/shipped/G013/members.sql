WITH big AS (SELECT g.case_key, COUNT(DISTINCT n.person) AS persons FROM grp g JOIN note n ON n.note = g.node GROUP BY g.case_key HAVING COUNT(DISTINCT n.person) >= :min_pairs)
SELECT n.inst AS case_key, n.inst AS inst, n.person AS person, n.visit AS visit, n.doctor AS doctor, MIN(n.day) AS day, MAX(b.persons) AS persons, MAX(COALESCE(v.fee, 0)) AS money
FROM big b JOIN grp g ON g.case_key = b.case_key JOIN note n ON n.note = g.node LEFT JOIN visit v ON v.visit = n.visit
GROUP BY n.inst, n.person, n.visit, n.doctor
