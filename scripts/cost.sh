#!/bin/sh
# What a year of captures costs as a lake, from measured quantities and dated prices, which are lines of a table: deploy/cost.tsv, or one of yours in its form.
# usage: scripts/cost.sh [TABLE]
set -eu
awk -F '\t' '
	FNR > 1 { v[$1] = $2 }
	function row(what, amount, unit, usd) { printf "| %s | %.*f %s | %.0f |\n", what, amount < 100 ? 1 : 0, amount, unit, usd; sum += usd }
	END {
		packets = v["archive"] / v["packet"]
		captures = v["archive"] / v["capture"]
		hours = packets / v["rate"] / 3600
		tidy = packets * v["rewrites"] / v["compact_rate"] / 3600
		puts = captures * v["put"] + 365 * v["night_files"]
		gets = captures * (v["get"] + v["files"]) # compaction reads every file once more
		bytes = packets * v["compacted"]
		print "| a year | | USD |\n|---|---|---|"
		row("ingest", hours, "core-hours", hours * v["core_hour"])
		row("compaction, at most", tidy, "core-hours", tidy * v["core_hour"])
		row("PUT", puts / 1e6, "million", puts / 1000 * v["thousand_puts"])
		row("GET", gets / 1e6, "million", gets / 1000 * v["thousand_gets"])
		row("storage, while it fills", bytes / 1e12, "TB at the end", bytes / 2 / 1e9 * 12 * v["gigabyte_month"])
		printf "| in all | | %.0f |\n", sum
		printf "| each later year that is kept | %.1f TB | %.0f |\n", bytes / 1e12, bytes / 1e9 * 12 * v["gigabyte_month"]
		printf "| of which a night lies uncompacted | %.2f TB | |\n", packets / 365 * v["fresh"] / 1e12
	}' "${1:-$(dirname "$0")/../deploy/cost.tsv}"
