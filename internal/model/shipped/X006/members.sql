WITH s AS (SELECT g.case_key, s.person, s.visit, s.inst, s.day, s.fee FROM grp g JOIN setl s ON s.person = g.node WHERE s.setting IN (1, 3, 5) AND s.day BETWEEN :first AND :last),
together AS (SELECT case_key, inst, day FROM s GROUP BY case_key, inst, day HAVING COUNT(DISTINCT person) >= 2)
SELECT s.case_key AS case_key, s.person AS person, s.visit AS visit, s.inst AS inst, s.day AS day, s.fee AS fee, s.fee AS money
FROM s JOIN together t ON t.case_key = s.case_key AND t.inst = s.inst AND t.day = s.day
