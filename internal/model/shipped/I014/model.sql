WITH per AS (
  SELECT k.taker, COUNT(DISTINCT k.person) AS persons, COUNT(DISTINCT COALESCE(p.addr, k.person)) AS homes FROM pickup k LEFT JOIN person p ON p.person = k.person
  WHERE k.taker IS NOT NULL AND k.day BETWEEN :first AND :last GROUP BY k.taker HAVING COUNT(DISTINCT k.person) >= :n AND COUNT(DISTINCT COALESCE(p.addr, k.person)) >= :homes
)
SELECT k.taker AS case_key, k.person AS person, k.shop AS inst, k.doctor AS doctor, k.item AS item, k.day AS day, r.persons AS persons, r.homes AS homes, k.amt AS amt, k.amt AS money
FROM pickup k JOIN per r ON r.taker = k.taker WHERE k.day BETWEEN :first AND :last
