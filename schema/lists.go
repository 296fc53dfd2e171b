package schema

// Of lists in texts: see what Markdown says of them.
const listDoc = "; a list, commas between, a comma within an item stands as \\,"
