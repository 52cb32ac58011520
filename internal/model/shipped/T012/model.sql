WITH per AS (SELECT inst, month, SUM(boxes) AS n, SUM(scanned) AS scanned, SUM(amt) AS amt FROM due WHERE day BETWEEN :first AND :last GROUP BY inst, month)
SELECT inst AS case_key, inst AS inst, month AS months, n AS n, scanned AS scanned, 1.0 * scanned / n AS share, amt AS money
FROM per WHERE n >= :min_n AND scanned < :rate * n AND scanned >= :linked * n
