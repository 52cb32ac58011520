package model

import (
	"strings"
	"testing"
)

// What reaches beyond the views is told so however it is written: in capitals, in quotes, around comments, behind a text with a comment's mark.
func TestHostileStatementsAreRefusedInWords(t *testing.T) {
	for sql, want := range map[string]string{
		"SELECT * FROM read_csv('/etc/passwd')":                           "read_csv",
		"SELECT * FROM Read_Parquet('x')":                                 "Read_Parquet",
		"SELECT * FROM \"read_text\"('/etc/passwd')":                      "read_text",
		"SELECT * FROM read_csv/* here */('/etc/passwd')":                 "read_csv",
		"SELECT * FROM/**/read_blob ( '/etc/passwd' )":                    "read_blob",
		"SELECT '--' AS a, b FROM read_csv('/etc/passwd')":                "read_csv",
		"SELECT '/*' AS a FROM read_csv('/etc/passwd') -- */":             "read_csv",
		"SELECT E'\\'--' AS a FROM read_csv('/etc/passwd')":               "read_csv",
		"SELECT 1 -- over\rFROM read_csv('/etc/passwd')":                  "read_csv",
		"SELECT\u00a0*\u00a0FROM\u00a0read_csv('/etc/passwd')":            "read_csv",
		"SELECT \"a--b\", getenv('HOME') FROM visit":                      "getenv",
		"SELECT current_setting('temp_directory')":                        "current_setting",
		"SELECT * FROM duckdb_settings()":                                 "duckdb_settings",
		"SELECT * FROM pragma_database_list":                              "pragma_database_list",
		"SELECT * FROM information_schema.tables":                         "information_schema",
		"SELECT * FROM query('SELECT 1')":                                 "query",
		"SELECT * FROM glob('/*')":                                        "glob",
		"SELECT * FROM parquet_metadata('x')":                             "parquet_metadata",
		"SELECT * FROM sniff_csv('x')":                                    "sniff_csv",
		"SELECT * FROM '/etc/passwd'":                                     "不能写文件",
		"SELECT * FROM ('/etc/passwd')":                                   "不能写文件",
		"SELECT a FROM visit JOIN \"/tmp/x.parquet\" USING (a)":           "不能写文件",
		"SELECT * FROM \"http://127.0.0.1/x.csv\"":                        "不能写文件",
		"SELECT $$x$$ AS a":                                               "$$",
		"COPY visit TO '/tmp/x'":                                          "SELECT",
		"ATTACH '/tmp/x' AS y":                                            "SELECT",
		"INSTALL httpfs":                                                  "SELECT",
		"LOAD httpfs":                                                     "SELECT",
		"PRAGMA database_list":                                            "SELECT",
		"SET threads = 64":                                                "SELECT",
		"CALL pragma_version()":                                           "SELECT",
		"EXPLAIN ANALYZE SELECT 1":                                        "SELECT",
		"ｓｅｌｅｃｔ 1":                                                        "SELECT",
		"SELECT 1; DROP TABLE visit":                                      "一条",
		"SELECT 1 /* ; */; SELECT 2":                                      "一条",
		"":                                                                "没有语句",
		"-- nothing":                                                      "没有语句",
		"SELECT 1\x00":                                                    "字节",
		"SELECT '\xff'":                                                   "字节",
		"SELECT " + strings.Repeat("1+", 10_000) + "1":                    "太长",
		"SELECT '" + strings.Repeat("长", mostQuery) + "' AS a FROM visit": "20000",
	} {
		if err := CheckQuery(sql); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.80q: %v, want %s", sql, err, want)
		}
	}
	for _, sql := range []string{
		"SELECT visit FROM visit", " WITH a AS (SELECT 1 AS n) SELECT n FROM a; ", "SELECT 'read_csv; --' AS a -- read_csv(;)\nFROM visit", "SELECT a.visit FROM visit a, setl b WHERE a.visit = b.visit AND 'x' <> ''",
		"SELECT \"visit\" FROM \"visit\"", "SELECT '" + strings.Repeat("长", mostQuery-30) + "' AS a",
	} {
		if err := CheckQuery(sql); err != nil {
			t.Errorf("%.80q is refused: %v", sql, err)
		}
	}
}
