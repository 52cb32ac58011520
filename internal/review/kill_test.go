package review_test

const childEnv = "REVIEW_TEST_CHILD"

func child(string) {}
