package store

// PretendNewer marks a store as migrated by a later program.
func PretendNewer(db *DB) error {
	_, err := db.write.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)", SchemaVersion()+1, true)
	return err
}
