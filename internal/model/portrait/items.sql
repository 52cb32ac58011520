SELECT item AS item, COUNT(1) AS n, CAST(SUM(amt) AS BIGINT) AS money FROM line WHERE day BETWEEN :first AND :last AND {subject} GROUP BY item ORDER BY money DESC LIMIT 15
