"""Organization: the tree, its administrators, memberships and their review, supervision. See README.md."""
