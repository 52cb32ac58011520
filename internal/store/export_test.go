package store

// PretendNewer marks a store as migrated by a later program.
func PretendNewer(db *DB) error {
	_, err := db.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)", SchemaVersion()+1, true)
	return err
}

// PretendWithoutDuties undoes migration 14 as in a store that took a later one before 14 was there.
func PretendWithoutDuties(db *DB) error {
	for _, q := range []string{"DROP INDEX trail_actor", "DROP INDEX trail_object", "DROP TABLE duty", "DELETE FROM goose_db_version WHERE version_id = 14"} {
		if _, err := db.write.Exec(q); err != nil {
			return err
		}
	}
	return nil
}
