SELECT g.case_key AS case_key, p.person AS person, p.doctor AS doctor, p.day AS day, 0 AS money FROM grp g JOIN proof p ON p.proof = g.node
