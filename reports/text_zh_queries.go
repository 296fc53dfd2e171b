package reports

// chineseQueries are titles and texts of the named queries of the report and of the detectors, in Chinese as written in Taiwan.
var chineseQueries = map[string][2]string{
	"activity": {
		"每日每小時的活動",
		"每小時（UTC）的訊框與線上位元組；沒有封包的時段不列。",
	},
	"address-summary": {
		"位址摘要",
		"依來源與依目的位址統計 IP 封包，如同 pandas 描述一欄：總數、不同位址數、最常出現者及其次數；再列出該位址的往來對象與連接埠，各取前十二個。",
	},
	"addresses-receiving-payloads": {
		"接收酬載的位址",
		"各目的位址的 IP 封包酬載位元組，所有協定合計；封包只計帶有酬載者。",
	},
	"addresses-sending-payloads": {
		"傳送酬載的位址",
		"各來源位址的 IP 封包酬載位元組，所有協定合計；封包只計帶有酬載者。酬載是傳輸層標頭之後的部分，不含乙太網路填充。",
	},
	"captures": {
		"擷取檔",
		"資料湖中的每個擷取檔，依第一個封包的時間排列：讀到了什麼、沒讀到什麼。captures-in-full 有全部資訊。",
	},
	"conversations-by-bytes": {
		"對話（依位元組）",
		"兩端位址與連接埠之間的 IP 封包，雙向合計，依酬載位元組排列；a 是文字順序較小的一端。",
	},
	"coverage-gaps": {
		"擷取檔之間的空缺",
		"感測點沒有擷取檔的時段，長於其擷取檔長度中位數的三倍且長於一秒者。",
	},
	"coverage": {
		"涵蓋範圍",
		"資料湖涵蓋什麼：期間、找到的擷取檔讀了幾個、其間的空缺，以及檔案內部的缺漏。空缺是感測點沒有擷取檔的時段，長於其長度中位數的三倍且長於一秒（見 coverage-gaps）；" +
			"感測點若有十個以上擷取檔且開始的間隔穩定，就再計入足以填補空缺的檔數。遺失率取各擷取檔的最大值：已被確認卻從未看到的 TCP 位元組。",
	},
	"data-quality": {
		"資料品質",
		"擷取檔本身的問題，它們限制了可下的結論。這些都不是攻擊的證據：檢查碼錯誤只表示封包在擷取處已被更改或尚未完成。",
	},
	"destination-ports-by-bytes-received": {
		"目的埠（依接收位元組）",
		"各目的埠的酬載位元組，TCP、UDP 與其他有連接埠的協定合計；封包只計帶有酬載者。",
	},
	"dns-names": {
		"DNS 名稱",
		"DNS 查詢的名稱，依次數排列；查詢的用戶端、收到的回應，以及其中表示名稱不存在者。",
	},
	"dns-nxdomain": {
		"不存在的名稱",
		"各用戶端收到的 DNS 回應，以及其中 NXDOMAIN（rcode 3）的比例：打錯的名稱、搜尋清單，或自行編造名稱的程式。",
	},
	"endpoints": {
		"端點",
		"依收送的 IP 位元組排列的位址，以及所知的資訊：範圍、名稱、製造商、服務。",
	},
	"flow-sizes": {
		"流的大小",
		"各有多少流的雙向 IP 位元組落在四的次方的各級距，平均持續多久：這就是變異數分析所比較的分布。",
	},
	"flow-packets": {
		"流的封包數",
		"各有多少流的雙向封包數落在二的次方的各級距：變異數分析所比較的分布之一。",
	},
	"flow-gaps": {
		"流內的間隔",
		"各有多少流的發起端封包平均間隔落在十的次方的各級距；發起端少於兩個封包的流不計。變異數分析所比較的分布之一。",
	},
	"flow-lengths": {
		"流的封包長度",
		"各有多少流的發起端封包在線路上的平均長度落在每 100 位元組的級距：變異數分析所比較的分布之一。",
	},
	"flow-durations": {
		"流的持續時間",
		"各有多少流持續多久，級距為十的次方：變異數分析所比較的分布之一。",
	},
	"history-of-bytes-sent": {
		"送出位元組的歷程",
		"一個位址隨時間送出的酬載位元組：封包數不多於區間數時逐一列出，否則以整數寬度的區間加總，空區間也計入。",
	},
	"http-hosts": {
		"HTTP 主機",
		"HTTP/1 請求所指的主機，及其請求數、用戶端、內容位元組，以及錯誤回應（狀態碼 400 以上）的數目。",
	},
	"io-graph": {
		"封包與位元組的時間分布",
		"以整數寬度的區間統計訊框與線上位元組，空區間也計入。落在非空區間第 5 至第 95 百分位數之間者為常見。",
	},
	"long-connections": {
		"最長的連線",
		"持續最久的對話，跨擷取檔且不受活動逾時限制。",
	},
	"most-frequent-address": {
		"最常出現的位址",
		"IP 封包最多的來源位址（同數時取文字順序最小者），以及其收送的數量。",
	},
	"packet-lengths": {
		"封包長度",
		"各有多少訊框是哪種線上長度，級距同 Wireshark 的統計，並列出平均、最小與最大值。",
	},
	"peers-of-most-frequent-address": {
		"最常出現位址的往來對象",
		"某位址與誰交換 IP 封包，依雙向酬載位元組排列；連接埠為雙方各自最小的十二個。",
	},
	"ports-of-most-frequent-address": {
		"最常出現位址的連接埠",
		"某位址送出的 IP 封包的來源埠與目的埠，及其酬載位元組。",
	},
	"protocol-hierarchy": {
		"協定階層",
		"每一協定鏈的訊框與線上位元組，以及止於該處者，如同 Wireshark 的同名統計。",
	},
	"provenance": {
		"來源",
		"讀了什麼（以解壓後位元組的 BLAKE3 雜湊表示），以及用什麼讀的。",
	},
	"retransmissions": {
		"重傳",
		"依重複送出的酬載位元組排列的 TCP 連線，及其比例與擷取遺漏的位元組。擷取檔中出現兩次的複本不計。",
	},
	"source-ports-by-bytes-sent": {
		"來源埠（依送出位元組）",
		"各來源埠的酬載位元組，TCP、UDP 與其他有連接埠的協定合計；封包只計帶有酬載者。",
	},
	"suspect-names": {
		"名稱",
		"某位址在 DNS、TLS 與 HTTP 中查詢的名稱，以及解析到它的名稱，依次數排列。",
	},
	"suspect-payload": {
		"第一個保留的酬載",
		"某位址送出（沒有送出時則為收到）的第一個保留酬載（ingest --payload）的十六進位內容；沒有保留時為空。",
	},
	"suspect-peers": {
		"往來對象",
		"某位址與誰交換 IP 封包，依雙向 IP 位元組排列，並列出解析到對象的名稱與所用的服務。",
	},
	"suspect-ports": {
		"連接埠",
		"某位址向別人連線（client）與被連線（server）的連接埠，雙向 IP 位元組，以及得到回應的流數。",
	},
	"suspect-rates": {
		"每秒新流量",
		"某位址每個時段中單一秒內發起、以及他人對其發起的最多流量數，並標出開始視為洪水的速率；含空的時段。",
	},
	"suspect-timeline": {
		"送出與接收位元組的時間分布",
		"某位址收送的線上位元組，以整數寬度的區間統計，空區間也計入。",
	},
	"suspicious-address": {
		"可疑位址",
		"與最常出現的位址雙向交換最多酬載位元組的對象（同數時取文字順序最小者）。可疑表示值得一看：所知者見判定。",
	},
	"suspicious-conversation": {
		"與可疑位址的對話",
		"最常出現的位址與其可疑對象之間的封包，雙向、依時間排列。trailing_bytes 是 DNS 訊息最後一筆記錄之後的位元組；" +
			"有保留酬載（ingest --payload）時，hexdump 顯示前十六個位元組。",
	},
	"suspicious-payload": {
		"可疑對話中第一個保留的酬載",
		"最常出現的位址與其可疑對象之間第一個保留酬載（ingest --payload）的十六進位內容；沒有保留時為空。",
	},
	"talkers": {
		"誰與誰通訊",
		"一個位址送往另一個位址的酬載位元組，最多者在先。",
	},
	"tls-names": {
		"TLS 名稱",
		"TCP 與 QUIC 的 ClientHello 所指的伺服器名稱（SNI），以及查詢的用戶端與所連的位址。",
	},
	"tls-versions": {
		"TLS 版本",
		"TLS 伺服器選用的版本，及其連線數與伺服器數；沒有回應時為用戶端提出的最高版本。",
	},
	"unanswered-syns": {
		"未獲回應的 SYN",
		"TCP 連線沒有回應（S0）或被拒（REJ）的位址，依次數排列，並列出嘗試的連接埠與位址。" +
			"只看到單向的感測點（captures.one_way）不能下結論。",
	},
	"versions": {
		"版本",
		"回答查詢與寫入資料湖的程式。",
	},
	"arp-conflict": {
		"兩台主機宣稱同一位址",
		"十分鐘內兩個硬體位址以 ARP 宣稱同一個 IP 位址，各不只一次：設定錯誤、換了機器，或有主機冒充另一台。",
	},
	"arp-sweep": {
		"ARP 掃蕩",
		"一台主機在一分鐘內以 ARP 詢問所在網路的許多位址，而多數沒有回應。路由器因收到封包而詢問者不計。",
	},
	"backscatter": {
		"反向散射",
		"外部主機回應我方從未詢問它的位址：對許多位址送出 SYN+ACK 或重設。" +
			"有人以我方位址為來源癱瘓該主機（Moore 2001）；我方並無問題。只有單向的擷取檔不下結論。",
	},
	"beacon": {
		"信標",
		"單獨一台主機以幾乎固定的間隔一再與外部服務通訊，每次少量。所計為新連線，或用戶端靜默一秒後的訊息。DNS、NTP、內部服務及多台主機共用的服務不計。",
	},
	"cleartext-logins": {
		"明文登入",
		"帳密未加密地經過網路：帶 Authorization 或在 URI 中帶密鑰的 HTTP，或 FTP、Telnet 連線。",
	},
	"dns-trailing-bytes": {
		"DNS 訊息記錄之後的資料",
		"一個位址以 UDP 送給另一個位址的 DNS 訊息，在最後一筆記錄之後仍有至少 16 個位元組，且長度不一：" +
			"協定用不到這些空間，因此可藉此繞過放行 DNS 的過濾帶出資料。重複的訊框不計。",
	},
	"dns-tunnel": {
		"DNS 隧道",
		"用戶端查詢同一網域下極多不同的長名稱，每個大約一次：名稱本身帶著資料。封鎖清單查的是短名稱，內容網路則重複查同樣的名稱。" +
			"代為轉送的解析器顯示為 relay。若因截短而不知名稱，則以長度判斷。",
	},
	"encrypted-dns": {
		"使用加密 DNS",
		"主機在網路看不到之處查詢名稱：DNS over TLS 或 QUIC（埠 853，或交握中的協定名稱），或經已知服務的 HTTPS。",
	},
	"expired-certificates": {
		"過期的憑證",
		"伺服器出示的憑證在當時已過期或尚未生效。TLS 1.3 的憑證是加密傳送的，看不到。",
	},
	"flood": {
		"連線與資料報洪水",
		"目標收到新流的速度超過其所能服務，而多數沒有結果：半開、被拒或沒有回應。它們打同一埠、來自許多來源，或帶大量資料；否則為掃描。" +
			"間隔一分鐘內視為同一事件：單一來源占五分之四以上為 dos，否則為 ddos。緩慢者以分鐘計。",
	},
	"icmp-sweep": {
		"ICMP 掃蕩",
		"一個來源詢問許多主機是否存在，每台數次，而許多並不存在。反覆詢問同樣主機的監控不算。",
	},
	"icmp-tunnel": {
		"ICMP 隧道",
		"兩台主機之間不像回聲的 echo 訊息：回應的資料量與請求不同（RFC 792：收到的資料必須送回），或請求帶有大量且多變的資料。",
	},
	"logins": {
		"密碼猜測",
		"一個來源在十分鐘內對登入服務（SSH、RDP、FTP 或 Telnet，依內容或連接埠）開啟許多大小相同的短連線：失敗的登入彼此相像且很快結束。" +
			"其後若有較長的連線則提高嚴重性：可能已成功。HTTP 則看被 401 或 403 拒絕的請求，以及對登入頁的 POST。",
	},
	"odd-service": {
		"已知連接埠上的異常內容",
		"經過濾放行的連接埠往外傳送的，是另一種協定：網頁、DNS、NTP 或郵件的連接埠上出現 SSH 或 IRC，" +
			"或 53 埠上不是 DNS、123 埠上不是 NTP。",
	},
	"packet-flood": {
		"封包洪水",
		"目標在數秒間高速收到 ICMP 封包，或未回應的資料報或片段；ICMP 較低速率持續數分鐘亦計。" +
			"間隔一分鐘內視為同一事件；單一來源占五分之四以上為 dos，否則為 ddos。",
	},
	"protocol-scan": {
		"IP 協定掃描",
		"一個來源對一台主機嘗試許多 IP 協定號碼，以得知它支援哪些；ICMP 的 protocol unreachable 會透露（nmap -sO）。",
	},
	"reflection": {
		"反射攻擊",
		"目標從許多主機收到它未曾要求的回應：來自同一服務埠的資料報，或任何埠的 SYN+ACK，而它沒有送出任何東西。" +
			"不斷重複同一回應的主機自行放大。低速率亦計。只有單向的擷取檔僅計此種重複。",
	},
	"request-flood": {
		"請求洪水",
		"服務連續數秒回應的請求多於所應：來自單一來源（dos），或來自許多連線且各送等量資料者（ddos），人群不會如此。" +
			"緩慢者在所有請求都相同時以分鐘計。請求指 HTTP 請求，或雙方都送出資料的連線（取較多者）。",
	},
	"scan-tool": {
		"掃描程式的請求",
		"HTTP 請求以掃描程式為代理名稱，或要求用來得知伺服器如何回應無意義請求的頁面。一台主機的一個埠即足。",
	},
	"new-host": {
		"新出現的主機",
		"內部位址送出封包，而先前的日子裡（基準期，或期間之前的 28 天）沒有送過。沒有這樣的日子時，不算有新的。",
	},
	"new-service": {
		"新出現的服務",
		"內部主機在某個埠上回應，而先前的日子裡（基準期，或期間之前的 28 天）在該埠沒有回應過任何人。沒有這樣的日子時，不算有新的。",
	},
	"scan": {
		"掃描",
		"一個來源嘗試許多目標而很少得到資料：一台主機的許多埠（vertical）、許多主機的同一埠（horizontal；兩端皆在內部為 lateral）。" +
			"與目標的所有接觸都未被使用才算落空：被拒、沒有回應、半開、開啟而無資料，或以不會開始連線的旗標探測。以整個期間計，因此慢速掃描也算；屬於洪水的接觸不計。",
	},
	"slow-http": {
		"以緩慢佔住的連線",
		"一個來源同時對一項服務保持許多連線而不讓其結束：永不完整的請求（slow headers、slow body），" +
			"或以小視窗慢慢讀取回應（slow read）。已獲回應的閒置連線池不算。",
	},
	"upload": {
		"向外上傳",
		"內部主機送給外部主機的遠多於收回的，且連線由它開啟：一次送出（upload），或長時間分成許多小份（drip）。" +
			"只有基準知道誰每天都在上傳；沒有基準時，第一次備份看起來相同。",
	},
}

// chineseColumns are the headings of their columns.
var chineseColumns = map[string]string{
	"a": "甲方", "b": "乙方", "addresses": "位址數", "answered": "有回應", "as_org": "所屬網路", "ascii": "ASCII",
	"average": "平均", "average_seconds": "平均秒數", "bin_seconds": "區間秒數", "bytes": "位元組",
	"bytes_a_to_b": "a 至 b 位元組", "bytes_b_to_a": "b 至 a 位元組", "bytes_per_second": "每秒位元組",
	"bytes_per_second_before": "先前每秒位元組", "capture_id": "擷取檔識別碼", "captures": "擷取檔數",
	"captures_expected": "應有擷取檔", "captures_read": "已讀擷取檔", "chain": "協定鏈", "client": "用戶端", "clients": "用戶端數",
	"compression": "壓縮", "conn_state": "連線狀態", "content_hash": "內容雜湊", "count": "數量", "country": "國家",
	"coverage": "涵蓋", "depth": "層數", "destination_ports": "目的埠", "dhcp_names": "DHCP 名稱", "direction": "方向",
	"dns_names": "DNS 名稱", "dropped": "遺漏", "dst_ip": "目的位址", "dst_port": "目的埠", "duplicates": "重複",
	"end_packets": "止於此的封包", "errors": "錯誤", "failed": "失敗", "flow_id": "流識別碼", "format": "格式",
	"frame_no": "訊框編號", "freq": "次數", "fwd_payload_bytes": "去向酬載位元組", "gap_from": "空缺起", "gap_to": "空缺迄",
	"gaps": "空缺", "greatest": "最大", "hellos": "交握數", "hex": "十六進位", "hexdump": "十六進位內容", "host": "主機",
	"hosts": "主機數", "how": "方式", "kind": "種類", "least": "最小", "longest_gap_seconds": "最長空缺秒數", "loss": "遺失",
	"malformed": "格式錯誤", "missed_bytes": "遺漏位元組", "names": "名稱", "nxdomain": "不存在", "of_quic": "經 QUIC",
	"offset": "位移", "options": "選項", "own_ports": "自身連接埠", "payload_bytes_received": "接收酬載位元組",
	"payload_bytes_sent": "送出酬載位元組", "payload_len": "酬載長度", "peer_list": "對象清單", "peer_of": "往來於",
	"peer_ports": "對象連接埠", "peers": "對象數", "percent_bytes": "位元組百分比", "percent_packets": "封包百分比",
	"ports": "連接埠數", "problem": "問題", "program": "程式", "qname": "查詢名稱", "queries": "查詢數", "refused": "被拒",
	"rejected": "捨棄", "report": "報告", "request_bytes": "請求位元組", "requests": "請求數", "response_bytes": "回應位元組",
	"responses": "回應數", "retransmitted_bytes": "重傳位元組", "rev_payload_bytes": "回向酬載位元組", "role": "角色",
	"rows": "列數", "schema_version": "結構版本", "scope": "範圍", "seconds": "秒數", "segment_bytes": "區段位元組",
	"sensor": "感測點", "sensors": "感測點數", "server_name": "伺服器名稱", "servers": "伺服器", "services": "服務",
	"services_offered": "提供的服務", "services_used": "使用的服務", "share": "比例", "side": "方", "source_ports": "來源埠",
	"src_ip": "來源位址", "src_port": "來源埠", "status": "狀態", "subclass": "細類", "subject": "對象",
	"suspicious_address": "可疑位址", "target_of": "為目標的判定", "times": "次數", "tool_version": "程式版本", "top": "最常見",
	"trailing_bytes": "記錄之後位元組", "truncated": "截斷", "unanswered": "無回應", "unique": "不同值", "usual_high": "常見上限",
	"usual_low": "常見下限", "flows_per_second": "每秒流量數", "change": "變化", "vendors": "製造商", "version": "版本", "detectors": "偵測器",
}
