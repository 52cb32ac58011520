WITH twice AS (SELECT image, COUNT(DISTINCT person) AS shared FROM exam WHERE image IS NOT NULL GROUP BY image HAVING COUNT(DISTINCT person) > 1),
odd AS (
  SELECT e.inst, e.visit, e.person, e.item, e.day, COALESCE(t.shared, 1) AS shared, CASE WHEN e.images = 0 THEN 1 ELSE 0 END AS blank
  FROM exam e LEFT JOIN twice t ON t.image = e.image
  WHERE (t.image IS NOT NULL OR e.images = 0) AND e.day BETWEEN :first AND :last
),
many AS (SELECT inst FROM odd GROUP BY inst HAVING COUNT(1) >= :dup)
SELECT o.inst AS case_key, o.inst AS inst, o.visit AS visit, o.person AS person, o.item AS item, o.day AS day, o.shared AS shared, o.blank AS blank, 0 AS money
FROM odd o JOIN many m ON m.inst = o.inst
