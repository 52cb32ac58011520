-- X001 住院重叠: two stays of a person in different hospitals share at least one day strictly within both.
WITH RECURSIVE
{net},
{stay},
ends AS (SELECT *, day_of(begin) AS in_day, CASE WHEN open THEN greatest(out_day, since_day + 1) ELSE out_day END AS end_day FROM stay)
SELECT DISTINCT 'X001' AS rule_id, s.last_id AS mdtrt_id, '' AS feedetl_sn
FROM ends s JOIN ends o ON o.pers = s.pers AND o.inst <> s.inst AND (o.begin < s.begin OR (o.begin = s.begin AND o.first_id < s.first_id))
WHERE s.month = the_month() AND least(s.end_day, o.end_day) - greatest(s.in_day, o.in_day) >= 2
