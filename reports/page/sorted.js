// The page over all nights: its table is sorted and searched as those of a report are.
for (const table of document.querySelectorAll('table[data-name]')) tables.push(new Table(table));
