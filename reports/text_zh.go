package reports

// textChinese are the texts in Chinese as written in Taiwan.
var textChinese = withQueries(chineseQueries, chineseColumns, map[string]string{
	"section.coverage": "涵蓋範圍", "section.verdicts": "判定", "section.changes": "變化", "section.who": "位址",
	"section.ports": "連接埠", "section.history": "歷程", "section.suspicious": "可疑位址", "section.network": "網路",
	"section.applications": "DNS、TLS、HTTP", "section.hosts": "主機", "section.suspects": "調查", "section.captures": "擷取檔",
	"section.quality": "資料品質", "section.provenance": "來源與版本",

	"intro.changes":  "與「%s」比較。",
	"intro.suspects": "判定所指的每個位址，最嚴重者在先：做了什麼、與誰往來、如何取出其封包。",

	"count.row": "%s 列", "count.point": "%s 個資料點", "count.day": "%s 天", "count.pair": "%s 對",
	"count.capture": "%s 個擷取檔", "count.verdict": "%s 項判定", "count.detector": "%s 個偵測器",
	"count.more_row": "另有 %s 列", "count.suppressed": "允許清單抑制了 %s 項判定", "count.more_verdict": "另有 %s 項判定", "count.night": "共 %s 夜",

	"strip.label": "各感測點擷取的時段",
	"stop":        "。", "others": "其他", "none": "（無）", "yes": "是", "no": "否",

	"chart.label": "圖表：%s。%s", "chart.cut": "已繪製 %s，共 %s。", "chart.all": "全部見 %s。", "chart.greatest": "最大：%s，%s（%s），占 %s %%，總計 %s。",
	"chart.over": "%s，自 %s 至 %s UTC", "chart.between": "%s，%s介於 %s 與 %s 之間", "chart.hour": "最繁忙的一小時：%s UTC，%s（%s）。",
	"chart.pair": "最大：%s 至 %s，%s（%s）。",
	"mark.usual": "常見", "mark.gap": "無擷取", "mark.verdict": "判定",
	"legend.gap": "無擷取", "legend.verdict": "判定", "legend.usual": "常見範圍（第 5 至第 95 百分位數）",
	"legend.limit": "%s 的門檻：%s", "legend.change": "變化點",

	"table.top": "前 %s 名，共 %s；「其他」為其餘 %s 列之和。", "table.below": "%s，見 %s。",
	"table.cut":  "本報告及其檔案只有前 %s 列；執行 %s 可得全部。",
	"table.same": "每列相同：", "table.empty": "每列皆空：", "table.none": "沒有資料。", "table.summary": "表格", "table.sql": "SQL",

	"verdict.none":       "沒有判定。這是 %s 的結論，並不表示什麼都沒發生。",
	"verdict.more":       "%s，見 verdicts.csv。",
	"verdict.suppressed": "由允許清單抑制：%s。",
	"verdict.since":      "時間", "verdict.sure": "把握", "verdict.who": "來源", "verdict.whom": "對象", "verdict.amount": "數量", "verdict.next": "下一步",
	"verdict.until": "%s 至 %s UTC", "verdict.several": "多個", "verdict.packets": "%s 個封包，%s 位元組", "verdict.evidence": "證據",
	"verdict.measured": "量測值", "verdict.thresholds": "門檻", "verdict.explains": "一併解釋", "verdict.sql": "可重現的 SQL",
	"verdict.extract": "取出封包", "verdict.investigate": "調查 %s", "verdict.detectors": "執行過的偵測器",
	"tile.suppressed":  "已抑制 %s",
	"verdict.coverage": "此處擷取資料有缺漏：%s。",
	"judged.all":       "%s 全部已判定。", "judged.not": "未判定：%s，共 %s；其涵蓋不足，沒有發現不代表沒有發生。",

	"class.normal": "正常", "class.scan": "掃描", "class.dos": "阻斷服務", "class.ddos": "分散式阻斷服務", "class.theft": "資料竊取",
	"class.bruteforce": "密碼猜測", "class.c2": "遠端控制", "class.other": "其他",
	"severity.critical": "危急", "severity.high": "高", "severity.medium": "中", "severity.low": "低", "severity.info": "資訊",
	"sure.almost": "幾乎確定", "sure.likely": "很可能", "sure.possible": "可能", "sure.weak": "跡象薄弱",

	"next.normal":     "無。",
	"next.scan":       "看看哪些連接埠回應了掃描（見調查），關閉不必開放者；若來源不是自己人就封鎖。",
	"next.dos":        "在目標前方限速或封鎖來源，並確認目標的服務已恢復。",
	"next.ddos":       "請網路業者在線路前方過濾；保留封包作為證據，並檢查這段時間無法服務的影響。",
	"next.theft":      "將傳送端離線，保留其封包（extract），查明流出的檔案與當時登入者。",
	"next.bruteforce": "檢查失敗之後是否有登入成功，更換該密碼，並讓服務鎖定或封鎖來源。",
	"next.c2":         "將主機離線，保留記憶體與封包，封鎖對方，並找出其他與其往來的主機。",
	"next.other":      "檢視證據與封包，判斷是否為預期行為；預期者可列入允許清單。",

	"tile.packets": "封包", "tile.bytes": "線上位元組", "tile.hosts": "主機", "tile.verdicts": "判定", "tile.captures": "擷取檔",
	"tile.loss": "遺失（TCP）", "tile.duplicates": "重複", "tile.new_hosts": "新主機", "tile.of": "共 %s", "tile.unknown": "不明",

	"suspect.extract": "取出封包", "suspect.verdicts": "指向它的判定",

	"title.answers":  "每個擷取檔的結論",
	"doc.answers":    "惡意、正常或未判定：被截斷、只有單向或遺失過多的擷取檔，絕不稱為正常。",
	"title.verdicts": "所有判定", "doc.verdicts": "classify 的結果，每項一列。",
	"title.compared-reports": "兩份報告", "doc.compared-reports": "期間較長或有空缺，本身就會造成差異。",
	"title.hosts-new": "新主機", "doc.hosts-new": "這次送出封包、上次沒有的位址。",
	"title.hosts-gone": "不再出現的主機", "doc.hosts-gone": "上次送出封包、這次沒有的位址。",
	"title.services-new": "新服務", "doc.services-new": "位址這次有回應、上次沒有的連接埠。",
	"title.services-gone": "不再出現的服務", "doc.services-gone": "位址上次有回應、這次沒有的連接埠。",
	"title.ports-new": "新連接埠", "doc.ports-new": "這次有位址回應、上次沒有的連接埠。",
	"title.ports-gone": "不再出現的連接埠", "doc.ports-gone": "上次有位址回應、這次沒有的連接埠。",
	"title.talkers-new": "新的往來", "doc.talkers-new": "這次有往來、上次沒有的位址對。",
	"title.talkers-gone": "不再出現的往來", "doc.talkers-gone": "上次有往來、這次沒有的位址對。",
	"title.rates-changed": "速率變化", "doc.rates-changed": "兩份報告都有、每秒 IP 位元組相差三倍以上的位址（至少 100 kB）。",

	"page.sections": "章節", "page.coverage": "涵蓋範圍的數字", "page.detectors": "執行過的偵測器", "page.skip": "跳到內容",
	"page.footer": "除非切換，時間皆為 UTC。k、M、G 為 1,000 的次方。封包中的文字，其控制與方向字元以跳脫形式顯示。" +
		"本頁不從網路載入任何東西；原始數字在 report.json 與每個表格的 CSV 檔。",
	"fact.pcaplake": "pcaplake", "fact.echarts": "Apache ECharts", "fact.command": "指令", "fact.made": "產生時間", "fact.zone": "時區", "fact.anonymized": "假名金鑰",
	"sentence.coverage": "%s 至 %s UTC：應有 %s 個擷取檔，已讀取 %s 個，%s 個感測點，%s 個訊框",
	"sentence.gaps":     "，%s 個空缺，最長 %s 秒", "sentence.no_gaps": "，沒有空缺", "sentence.none": "沒有擷取檔。",

	"index.title": "每夜報告", "index.night": "夜", "index.intro": "%s，最近者在先。每列連到該夜報告。", "index.trend": "所有夜晚",

	"js.search": "搜尋", "js.csv": "CSV", "js.svg": "SVG", "js.png": "PNG", "js.copy": "複製", "js.copied": "已複製", "js.rows": "{n}／{all} 列",
	"js.utc": "UTC", "js.local": "本地時間", "js.zone": "時區", "js.address": "位址", "js.anyAddress": "任何位址", "js.reset": "重設",
	"js.period": "期間", "js.whole": "整個期間：此部分無法篩選", "js.filtered": "已篩選", "js.from": "自", "js.to": "至",
	"js.drag": "在長條上拖曳以選取時間；方向鍵可移動兩端。", "js.nothing": "此部分沒有資料。", "js.sort": "排序", "js.filter": "篩選",
	"js.folded": "連接埠太多，無法篩選。", "js.others": "其他", "js.theme": "亮色或暗色", "js.link": "此部分的連結",

	"col.address": "位址", "col.payload_bytes": "酬載位元組", "col.packets": "封包", "col.wire_bytes": "線上位元組", "col.ip_bytes": "IP 位元組", "col.port": "連接埠",
	"col.peer": "對象", "col.first_ts": "最初", "col.last_ts": "最後", "col.bytes_sent": "送出位元組", "col.bytes_received": "接收位元組", "col.flows": "流",
	"col.conversation": "對話", "col.ts": "時間", "col.name": "名稱", "col.source": "來源", "col.destination": "目的", "col.protocol": "協定", "col.proto": "協定",
	"col.service": "服務", "col.severity": "嚴重性", "col.class": "類別", "col.answer": "結論", "col.reason": "原因", "col.capture": "擷取檔", "col.length": "長度", "col.gap_seconds": "間隔（秒）", "col.mean_length": "平均長度",
	"col.packets_sent": "送出封包", "col.packets_received": "接收封包", "col.verdicts": "判定", "col.statement": "說明", "col.issue": "問題", "col.frames": "訊框",
})
