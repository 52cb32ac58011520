-- How many of the month's lines there are, and what part of them cards with a window or a look-back read: lines of items that
-- their points name, and dispensed drugs.
SELECT count(*), avg(CASE WHEN w.item IS NOT NULL
    OR (is_101(l.list_type)
        AND (l.take_home OR (coalesce(m.setting, 0) | coalesce(v.extra_setting, 0)) & 1 = 0)) THEN 1.0 ELSE 0.0 END)
FROM fee l JOIN settlement s ON s.setl_key = l.setl_key AND month_of(s.clock) = the_month()
LEFT JOIN (SELECT DISTINCT item FROM window_item) w ON w.item = l.item
LEFT JOIN visit v ON v.visit_key = l.visit_key LEFT JOIN med_type m ON m.code = v.med_type
