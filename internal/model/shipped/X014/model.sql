WITH per AS (
  SELECT doctor, inst, day_in AS day, COUNT(1) AS n, COUNT(DISTINCT area) AS areas, SUM(COALESCE(fee, 0)) AS fee FROM visit
  WHERE net = 1 AND doctor IS NOT NULL AND day_in BETWEEN :first AND :last GROUP BY doctor, inst, day_in
)
SELECT doctor AS case_key, doctor AS doctor, inst AS inst, day AS day, n AS n, areas AS areas, fee AS money FROM per WHERE n > :day_max AND areas >= :areas
