SELECT day_in AS day, COUNT(1) AS visits, CAST(SUM(fee) AS BIGINT) AS fee FROM visit WHERE fee > 0 AND day_in BETWEEN :last - 366 AND :last AND {subject} GROUP BY day_in ORDER BY day_in
