SELECT month AS months, COUNT(1) AS visits, COUNT(DISTINCT person) AS persons, COUNT(DISTINCT inst) AS insts, CAST(SUM(fee) AS BIGINT) AS fee, CAST(SUM(fund) AS BIGINT) AS fund
FROM visit WHERE fee > 0 AND day_in BETWEEN :last - 366 AND :last AND {subject} GROUP BY month ORDER BY month
