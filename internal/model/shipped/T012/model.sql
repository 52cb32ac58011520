WITH per AS (SELECT inst, month, SUM(boxes) AS n, SUM(scanned) AS scanned FROM due WHERE day BETWEEN :first AND :last GROUP BY inst, month)
SELECT d.inst AS case_key, d.inst AS inst, d.visit AS visit, d.item AS item, d.day AS day, d.month AS months, p.n AS n, p.scanned AS scanned, 1.0 * p.scanned / p.n AS share, d.amt AS money
FROM due d JOIN per p ON p.inst = d.inst AND p.month = d.month
WHERE d.scanned < d.boxes AND d.day BETWEEN :first AND :last AND p.n >= :min_n AND p.scanned < :rate * p.n AND p.scanned >= :linked * p.n
