SELECT proof AS node, person AS owner, 0 AS cell,
       CASE WHEN digest IS NOT NULL THEN CAST(digest AS VARCHAR(30)) || CAST(digest AS VARCHAR(30)) || CAST(digest AS VARCHAR(30)) || CAST(digest AS VARCHAR(30)) ELSE COALESCE(body, '') END AS body
FROM proof WHERE person IS NOT NULL
UNION ALL
SELECT proof, person, 1, COALESCE(body, '') FROM proof WHERE digest IS NOT NULL AND person IS NOT NULL
