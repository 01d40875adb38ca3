import "cdktf/lib/testing/adapters/jest"; // Load types for expect matchers

test.todo("is tested");
