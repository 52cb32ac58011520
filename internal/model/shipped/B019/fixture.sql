-- 1 bills massage as a test; 2, 3 and 4 all use one trade name
INSERT INTO naming (inst, item, own_name, std_name, sim, first_day, n, amt) VALUES
 (1, 10, '养生推拿', '血清胰岛素测定', 0, 100, 30, 90000), (2, 11, '拜新同', '硝苯地平控释片', 0, 100, 30, 90000),
 (3, 11, '拜新同', '硝苯地平控释片', 0, 100, 30, 90000), (4, 11, '拜新同', '硝苯地平控释片', 0, 100, 30, 90000), (2, 12, '血常规五分类', '血常规', 6000, 100, 30, 90000)
