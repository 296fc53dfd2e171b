package reports

// textEnglish are the texts in English. Every other language has the same keys, and those of title., doc. and col. besides.
var textEnglish = map[string]string{
	"section.coverage": "Coverage", "section.verdicts": "Verdicts", "section.changes": "What changed", "section.who": "Addresses",
	"section.ports": "Ports", "section.history": "History", "section.suspicious": "Suspicious address", "section.network": "Network",
	"section.applications": "DNS, TLS, HTTP", "section.hosts": "Hosts", "section.suspects": "Investigation", "section.captures": "Captures",
	"section.quality": "Data quality", "section.provenance": "Provenance",

	"intro.changes":  "Compared with %s.",
	"intro.suspects": "Each address that a verdict names, the gravest first: what it did, with whom, and how to get at its packets.",

	"count.row": "%s row|%s rows", "count.point": "%s point|%s points", "count.day": "%s day|%s days", "count.pair": "%s pair|%s pairs",
	"count.capture": "%s capture|%s captures", "count.verdict": "%s verdict|%s verdicts", "count.detector": "%s detector|%s detectors",
	"count.more_row": "%s more row|%s more rows", "count.suppressed": "%s verdict suppressed by the allowlist|%s verdicts suppressed by the allowlist", "count.more_verdict": "%s more verdict|%s more verdicts", "count.night": "%s night|%s nights",

	"strip.label": "When each sensor captured",
	"stop":        ".", "others": "others", "none": "(none)", "yes": "yes", "no": "no",

	"chart.label": "Chart: %s. %s", "chart.cut": "Drawn: %s of %s.", "chart.all": "All are in %s.", "chart.greatest": "Greatest: %s with %s %s, %s %% of %s.",
	"chart.over": "%s from %s to %s UTC", "chart.between": "%s, %s between %s and %s", "chart.hour": "Busiest hour: %s UTC with %s %s.",
	"chart.pair": "Largest: %s to %s with %s %s.",
	"col.ts":     "time", "col.first_ts": "first time", "col.last_ts": "last time",
	"mark.usual": "usual", "mark.gap": "no capture", "mark.verdict": "verdict",
	"legend.gap": "no capture", "legend.verdict": "verdict", "legend.usual": "usual range (5th to 95th percentile)",
	"legend.limit": "threshold of %s: %s", "legend.change": "change point",

	"table.top": "Top %s of %s; “others” adds up the other %s.", "table.below": "%s in %s.",
	"table.cut":  "Only the first %s rows are in this report and its files: %s gives all.",
	"table.same": "The same in every row:", "table.empty": "Empty in every row:", "table.none": "No rows.", "table.summary": "Table", "table.sql": "SQL",

	"verdict.none":       "No verdicts. That is what %s say, not that nothing happened.",
	"verdict.more":       "%s in verdicts.csv.",
	"verdict.suppressed": "Suppressed by the allowlist: %s.",
	"verdict.since":      "Since", "verdict.sure": "How sure", "verdict.who": "Who", "verdict.whom": "To whom", "verdict.amount": "Amount", "verdict.next": "Do next",
	"verdict.until": "%s to %s UTC", "verdict.several": "several", "verdict.packets": "%s packets, %s bytes", "verdict.evidence": "Evidence",
	"verdict.measured": "Measured", "verdict.thresholds": "Held against", "verdict.explains": "Explains", "verdict.sql": "SQL that gives it again",
	"verdict.extract": "Its packets", "verdict.investigate": "Investigation of %s", "verdict.detectors": "Detectors that ran",
	"tile.suppressed":  "%s suppressed",
	"verdict.coverage": "The captures lack something here: %s.",
	"judged.all":       "All judged: %s.", "judged.not": "Not judged: %s of %s, whose coverage is too short for silence to mean anything.",

	"class.normal": "normal", "class.scan": "scan", "class.dos": "denial of service", "class.ddos": "distributed denial of service", "class.theft": "theft of data",
	"class.bruteforce": "guessed passwords", "class.c2": "remote control", "class.other": "other",
	"severity.critical": "critical", "severity.high": "high", "severity.medium": "medium", "severity.low": "low", "severity.info": "info",
	"sure.almost": "almost certain", "sure.likely": "likely", "sure.possible": "possible", "sure.weak": "weak sign",

	"next.normal":     "Nothing.",
	"next.scan":       "See what answered the scan (Investigation, ports), close what need not be open, and block the source if it is not yours.",
	"next.dos":        "Rate-limit or block the source in front of the target, and check that the service of the target answers again.",
	"next.ddos":       "Ask the provider to filter in front of the line; keep the packets as proof, and check what the target could not answer meanwhile.",
	"next.theft":      "Take the sender off the network, keep its packets (extract), and find out which file left and who was logged in.",
	"next.bruteforce": "Look for a login that succeeded after the failures, change that password, and let the service lock out or ban the source.",
	"next.c2":         "Take the host off the network, keep its memory and packets, block the peer, and look for other hosts that talk to it.",
	"next.other":      "Look at the evidence and the packets, and decide whether it is wanted; an allowlist keeps what is.",

	"tile.packets": "Packets", "tile.bytes": "Bytes on the wire", "tile.hosts": "Hosts", "tile.verdicts": "Verdicts", "tile.captures": "Captures",
	"tile.loss": "Loss (TCP)", "tile.duplicates": "Duplicates", "tile.new_hosts": "New hosts", "tile.of": "of %s", "tile.unknown": "not known",

	"suspect.extract": "Get the packets", "suspect.verdicts": "Verdicts that name it",

	"title.answers":  "Answer for every capture",
	"doc.answers":    "Malicious, normal, or not judged: a capture that is cut off, holds one direction or lost too much is never called normal.",
	"title.verdicts": "All verdicts", "doc.verdicts": "As classify gives them, one row each.",
	"title.compared-reports": "The two reports", "doc.compared-reports": "A period that is longer or has gaps explains differences by itself.",
	"title.hosts-new": "New hosts", "doc.hosts-new": "Addresses that sent packets now and not before.",
	"title.hosts-gone": "Hosts no longer seen", "doc.hosts-gone": "Addresses that sent packets before and not now.",
	"title.services-new": "New services", "doc.services-new": "Ports at which an address answers now and did not before.",
	"title.services-gone": "Services no longer seen", "doc.services-gone": "Ports at which an address answered before and does not now.",
	"title.ports-new": "New ports", "doc.ports-new": "Ports at which some address answers now and none did before.",
	"title.ports-gone": "Ports no longer seen", "doc.ports-gone": "Ports at which some address answered before and none does now.",
	"title.talkers-new": "New talkers", "doc.talkers-new": "Pairs of addresses that exchange packets now and did not before.",
	"title.talkers-gone": "Talkers no longer seen", "doc.talkers-gone": "Pairs of addresses that exchanged packets before and do not now.",
	"title.rates-changed": "Changed rates",
	"doc.rates-changed":   "Addresses of both reports whose IP bytes a second differ by three times or more, of at least 100 kB.",

	"page.sections": "Sections", "page.coverage": "Coverage in figures", "page.detectors": "Detectors that ran", "page.skip": "To the content",
	"page.footer": "Times are UTC unless switched. k, M and G are powers of 1,000. Text from packets is shown with control and direction characters as " +
		"escapes. This page loads nothing from the network; the raw figures are in report.json and in one CSV file per table.",
	"fact.pcaplake": "pcaplake", "fact.echarts": "Apache ECharts", "fact.command": "command", "fact.made": "made", "fact.zone": "time zone", "fact.anonymized": "pseudonyms under key",
	"sentence.coverage": "", "sentence.gaps": "", "sentence.no_gaps": "", "sentence.none": "No captures.",

	"index.title": "Nights", "index.night": "Night", "index.intro": "%s, the last one first. Each line leads to its report.", "index.trend": "All nights",

	"js.search": "Search rows", "js.csv": "CSV", "js.svg": "SVG", "js.png": "PNG", "js.copy": "copy", "js.copied": "copied", "js.rows": "{n} of {all} rows",
	"js.utc": "UTC", "js.local": "local time", "js.zone": "Time zone", "js.address": "Address", "js.anyAddress": "any address", "js.reset": "Reset",
	"js.period": "Period", "js.whole": "Whole period: this part cannot be filtered", "js.filtered": "Filtered", "js.from": "From", "js.to": "To",
	"js.drag": "Drag over the bars to choose a time; arrow keys move the ends.", "js.nothing": "Nothing in this part.", "js.sort": "sort", "js.filter": "Filter",
	"js.folded": "Ports cannot be filtered: there are too many.", "js.others": "others", "js.theme": "Light or dark", "js.link": "Link to this part",
}
