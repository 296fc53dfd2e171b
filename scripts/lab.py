#!/usr/bin/env python3
"""Labelled traffic of real tools: scripts/lab.py SEED DIR [quiet|small] makes DIR/lab.pcap and DIR/labels.csv; quiet: of the same hosts on a day without attacks;
small: with few packets, for a repository.

It needs root, Linux, and Debian's nmap masscan hping3 slowhttptest hydra iodine nginx-light openssh-server apache2-utils dnsmasq-base fping
tcpdump wireshark-common. Everything happens in network namespaces of its own, joined by bridges that have no way out; every step is bounded in
packets and time. The seed decides addresses, rates, ports and the order of steps. Attackers have addresses among usual visitors, and quiet
novelties (a first backup, a new time service, a monitor, a burst of visitors) stand between the attacks.
"""
import csv, os, random, shutil, signal, subprocess, sys, time

PREFIX = "pl%d" % (os.getpid() % 10000)
HELPERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lab_traffic.py")


def sh(command, check=True, timeout=60):
    return subprocess.run(command, shell=True, check=check, timeout=timeout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Lab:
    def __init__(self, seed, folder, mode):
        self.quiet, self.small = mode == "quiet", mode == "small"
        self.rand, self.folder, self.scratch = random.Random(seed), folder, folder + "/scratch"
        self.hosts, self.labels, self.started, self.spaces = {}, [], [], []
        a, b = self.rand.randint(10, 99), self.rand.randint(100, 199)
        self.nets = {"lan": f"10.{a}.{b}", "dmz": f"10.{a}.{b + 50}", "wan": self.rand.choice(["203.0.113", "198.51.100", "192.0.2"])}
        self.six = {"lan": f"fd{a}:{b}", "dmz": f"fd{a}:{b + 50}", "wan": f"2001:db8:{b}"}

    def space(self, name):
        self.spaces.append(f"{PREFIX}-{name}")
        sh(f"ip netns add {PREFIX}-{name}; ip -n {PREFIX}-{name} link set lo up")
        return f"{PREFIX}-{name}"

    def build(self):
        router = self.space("rt")
        sh(f"ip netns exec {router} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0")
        for net, prefix in self.nets.items():
            sh(f"ip -n {router} link add {net} type bridge; ip -n {router} link set {net} up")
            sh(f"ip -n {router} addr add {prefix}.1/24 dev {net}; ip -n {router} addr add {self.six[net]}::1/64 dev {net} nodad")
        numbers = self.rand.sample(range(10, 120), 12)
        roles = [("c1", "lan"), ("c2", "lan"), ("c3", "lan"), ("mon", "lan"), ("web", "dmz"), ("app", "dmz"), ("dns", "dmz"),
                 ("site", "wan"), ("vis", "wan"), ("cloud", "wan"), ("att", "wan"), ("c2srv", "wan")]
        for (host, net), n in zip(roles, numbers):
            ns, mine, six = self.space(host), f"{self.nets[net]}.{n}", f"{self.six[net]}::{n}"
            self.hosts[host] = mine
            self.hosts[host + "6"] = six
            sh(f"ip link add {PREFIX}{host} netns {router} type veth peer name eth0 netns {ns}")
            sh(f"ip -n {router} link set {PREFIX}{host} master {net} up; ip -n {ns} link set eth0 up")
            sh(f"ip -n {ns} addr add {mine}/24 dev eth0; ip -n {ns} addr add {six}/64 dev eth0 nodad")
            sh(f"ip -n {ns} route add default via {self.nets[net]}.1; ip -n {ns} route add default via {self.six[net]}::1")
            sh(f"ip netns exec {ns} ethtool -K eth0 tx off tso off gso off gro off", check=False)
        for host, n in (("vis", 40), ("site", 20)):
            for i in range(n):
                sh(f"ip -n {PREFIX}-{host} addr add {self.nets['wan']}.{130 + i + (0 if host == 'vis' else 60)}/24 dev eth0")

    def start(self, host, command):
        """A program that runs until the end."""
        p = subprocess.Popen(["ip", "netns", "exec", f"{PREFIX}-{host}", "sh", "-c", "exec " + command], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, start_new_session=True)
        self.started.append(p)

    def do(self, host, command, seconds=20):
        """A program that ends, or is ended."""
        p = subprocess.Popen(["ip", "netns", "exec", f"{PREFIX}-{host}", "sh", "-c", command.format(**self.hosts)], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            p.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            p.wait()

    def serve(self):
        work = self.scratch
        os.makedirs(work + "/www", exist_ok=True)
        for size in (900, 12_000, 90_000, 2_000_000):
            with open(f"{work}/www/{size}", "wb") as f:
                f.write(self.rand.randbytes(size))
        with open(f"{work}/www/index.html", "w") as f:
            f.write("<html>" + "hello " * 300)
        with open(f"{work}/nginx.conf", "w") as f:
            f.write(f"daemon off; pid {work}/nginx.pid; error_log /dev/null; worker_processes 1; events {{ worker_connections 4000; }}\n"
                    f"http {{ access_log off; client_body_temp_path {work}/b; proxy_temp_path {work}/p; fastcgi_temp_path {work}/f; uwsgi_temp_path {work}/u;\n"
                    f"scgi_temp_path {work}/s; server {{ listen 80; listen [::]:80; root {work}/www; client_max_body_size 0; }} }}\n")
        sh(f"ssh-keygen -q -t ed25519 -N '' -f {work}/key <<< y", check=False)
        sh(f"test -f {work}/key || ssh-keygen -q -t ed25519 -N '' -f {work}/key; mkdir -p /run/sshd")
        self.start("web", f"nginx -c {work}/nginx.conf -g 'user root;'")
        for host in ("site", "cloud", "app", "c2srv"):
            self.start(host, f"python3 {HELPERS} server {self.hosts[host]} 80 443 8080 22000")
        for host in ("app", "web"):
            self.start(host, f"/usr/sbin/sshd -D -e -h {work}/key -o UsePAM=no -o PidFile=none -p 22")
        self.start("dns", f"dnsmasq -k -C /dev/null --no-resolv --no-hosts --address=/#/{self.hosts['site']} --user=root --pid-file= --port 53")
        self.start("cloud", f"python3 {HELPERS} ntp {self.hosts['cloud']}")
        time.sleep(1)

    def background(self):
        for host in ("c1", "c2", "c3"):
            self.start(host, f"python3 {HELPERS} browse {self.rand.random():.4f} {self.hosts['dns']} {self.hosts['site']} {self.hosts['web']}")
        self.start("vis", f"python3 {HELPERS} visit {self.rand.random():.4f} {self.hosts['web']} {self.nets['wan']}.130 40")
        every = " ".join(self.hosts[h] for h in ("web", "app", "dns", "c1", "c2", "c3"))
        self.start("mon", f"fping -q -l -p 3000 {every} {self.nets['lan']}.1 {self.nets['dmz']}.1")

    def label(self, began, src, dst, proto, port, cls, subclass, tool):
        self.labels.append([f"{began:.6f}", f"{time.time():.6f}", src, dst, proto, port, cls, subclass, tool])

    def step(self, host, command, dst, proto, port, cls, subclass, seconds=20, src=None):
        began = time.time()
        self.do(host, command, seconds)
        time.sleep(0.2)
        self.label(began, self.hosts[host] if src is None else src, dst, proto, port, cls, subclass, command.split()[0])
        time.sleep(self.rand.uniform(0.5, 1.5))

    def steps(self):
        r, h, n = self.rand, self.hosts, self.nets
        lan, dmz = n["lan"] + ".0/24", n["dmz"] + ".0/24"
        top = r.randint(200, 900)
        slow, rate, flood = r.randint(150, 400), r.randint(200, 1500), r.randint(600, 4000)
        if self.small:
            top, rate, flood = 120, 250, 70
        py = f"python3 {HELPERS}"
        a = [
            ("att", f"nmap -n -Pn -sS -p1-{top} -T4 --max-retries 1 {{web}}", h["web"], "tcp", "", "scan", "syn", 20),
            ("att", f"nmap -n -Pn -sT -p1-{r.randint(60, 200)} --max-retries 1 {{app}}", h["app"], "tcp", "", "scan", "connect", 20),
            ("att", f"nmap -n -Pn {r.choice(['-sF', '-sX', '-sN'])} -p1-{r.randint(40, 120)} --max-retries 1 -T4 {{dns}}", h["dns"], "tcp", "", "scan", "stealth", 20),
            ("att", f"nmap -n -Pn -sU -p{r.randint(200, 400)}-450 --max-retries 0 -T4 {{app}}", h["app"], "udp", "", "scan", "udp", 20),
            ("att", f"nmap -n -sn -PE --max-retries 1 {dmz}", dmz, "icmp", "", "scan", "icmp-sweep", 20),
            ("att", f"nmap -n -Pn -sS -p1-40 --scan-delay {slow}ms --max-retries 0 {{web}}", h["web"], "tcp", "", "scan", "slow", 25),
            ("att", f"nmap -6 -n -Pn -sS -p1-{r.randint(60, 200)} --max-retries 1 -T4 {{web6}}", h["web6"], "tcp", "", "scan", "syn6", 20),
            ("att", f"masscan --interface eth0 -e eth0 -p{r.choice([22, 445, 3389, 5900])} --rate {rate} --wait 1 {dmz}", dmz, "tcp", "", "scan", "port-sweep", 15),
            ("c2", f"nmap -n -sn -PR {lan}", lan, "arp", "", "scan", "arp-sweep", 15),
            ("c2", f"nmap -n -Pn -sS -p445 --max-retries 0 -T4 {dmz}", dmz, "tcp", "445", "scan", "lateral", 20),
            ("att", f"hping3 -q -S -p 80 -i u{1000000 // flood} -c {flood * 5} {{web}}", h["web"], "tcp", "80", "dos", "syn-flood", 8),
            ("att", f"hping3 -q --udp -p {r.randint(2000, 9000)} -d 400 -i u{1000000 // flood} -c {flood * 5} {{app}}", h["app"], "udp", "", "dos", "udp-flood", 8),
            ("att", f"hping3 -q -1 -d 600 -i u{1000000 // flood} -c {flood * 5} {{web}}", h["web"], "icmp", "", "dos", "icmp-flood", 8),
            ("att", f"hping3 -q -S -p 80 --rand-source -i u{1000000 // flood} -c {flood * 5} {{web}}", h["web"], "tcp", "80", "ddos", "spoofed-syn", 8),
            ("att", f"slowhttptest -H -c {r.randint(60, 200)} -i 4 -r 60 -l 12 -u http://{{web}}/", h["web"], "tcp", "80", "dos", "slow-headers", 15),
            ("att", f"slowhttptest -B -c {r.randint(60, 200)} -i 4 -r 60 -s 8192 -l 12 -u http://{{web}}/", h["web"], "tcp", "80", "dos", "slow-body", 15),
            ("att", f"ab -q -t {r.randint(4, 7)} -n 200000 -c {r.randint(1, 2)} -r http://{{web}}/index.html", h["web"], "tcp", "80", "dos", "request-flood", 10),
            ("vis", f"{py} bots {{web}} {n['wan']}.130 40 {r.randint(1500, 4000)}", h["web"], "tcp", "80", "ddos", "bots", 12),
            ("site", f"{py} reflect {{web}} {n['wan']}.190 20 {r.choice([53, 123, 389, 1900])} {r.randint(300, 2000)}", h["web"], "udp", "", "ddos", "reflection", 12),
            ("att", f"hydra -q -l root -P {self.scratch}/passwords -t 4 ssh://{{app}}", h["app"], "tcp", "22", "bruteforce", "ssh", 25),
            ("c3", f"{py} upload {{c2srv}} 443 {r.randint(2_000_000, 9_000_000)}", h["c2srv"], "tcp", "443", "theft", "upload", 15),
            ("c3", f"{py} tunnel {{dns}} t{r.randint(1, 99)}.example.test {r.randint(150, 400)} {r.randint(90, 180)}", h["dns"], "udp", "53", "theft", "dns-tunnel", 25),
            ("c3", f"{py} icmp {{c2srv}} {r.randint(60, 150)}", h["c2srv"], "icmp", "", "theft", "icmp-tunnel", 20),
        ]
        novel = [
            ("c1", f"{py} ntp-client {{cloud}} 5", h["cloud"], "udp", "123", "normal", "new-time-service", 15),
            ("c2", f"{py} upload {{cloud}} 8080 {r.randint(2_000_000, 6_000_000)}", h["cloud"], "tcp", "8080", "normal", "first-backup", 15),
            ("c1", f"{py} upload {{cloud}} 443 {r.randint(2_000_000, 6_000_000)}", h["cloud"], "tcp", "443", "normal", "usual-backup", 15),
            ("vis", f"{py} crowd {{web}} {n['wan']}.130 40 300", h["web"], "tcp", "80", "normal", "crowd", 15),
            ("c1", "fping -q -c 2 {web} {app} {dns} {c2} {c3} {mon}", "*", "icmp", "", "normal", "monitor", 15),
        ]
        usual = [novel[2], ("vis", f"{py} crowd {{web}} {n['wan']}.130 40 200", h["web"], "tcp", "80", "normal", "crowd", 15)] * 2
        all_steps = usual if self.quiet else a + novel
        if self.small: # without those whose packets are many by nature
            all_steps = [step for step in all_steps if step[6] not in ("icmp-flood", "request-flood", "bots", "usual-backup")]
        r.shuffle(all_steps)
        with open(self.scratch + "/passwords", "w") as f:
            f.write("\n".join("".join(r.choices("abcdefgh", k=8)) for _ in range(24)))
        began = time.time()
        for host, command, dst, proto, port, cls, subclass, seconds in all_steps:
            src = {"spoofed-syn": "*", "bots": n["wan"] + ".0/24", "crowd": n["wan"] + ".0/24", "reflection": n["wan"] + ".0/24"}.get(subclass)
            if host == "att" and "-6" in command.split():
                src = h["att6"]
            self.step(host, command, dst, proto, port, cls, subclass, seconds, src)
        for src in (lan, n["wan"] + ".0/24"):
            self.labels.append([f"{began - 5:.6f}", f"{time.time() + 1:.6f}", src, "*", "*", "", "normal", "background", "python"])

    def run(self):
        try:
            self.build()
            only = f"(arp) or (src net {self.nets['lan']}.0/24 and (dst net {self.nets['dmz']}.0/24 or dst net {self.nets['lan']}.0/24)) or (src net {self.nets['dmz']}.0/24 and dst net {self.nets['lan']}.0/24)"
            self.start("rt", f"tcpdump -i lan -s 320 -U -w {self.folder}/lan.pcap '{only}'")
            self.start("rt", f"tcpdump -i wan -s 320 -B 8192 -U -w {self.folder}/wan.pcap 'not arp'")
            self.serve()
            self.background()
            time.sleep(20 if self.quiet else 4)
            self.steps()
            time.sleep(1)
        finally:
            for p in reversed(self.started):
                try:
                    os.killpg(p.pid, signal.SIGTERM)
                except ProcessLookupError:
                    pass
            time.sleep(0.5)
            for ns in self.spaces:
                sh(f"ip netns pids {ns} | xargs -r kill -9; ip netns del {ns}", check=False)
        sh(f"mergecap -w {self.folder}/lab.pcap {self.folder}/lan.pcap {self.folder}/wan.pcap", timeout=120)
        with open(self.folder + "/labels.csv", "w", newline="") as f:
            out = csv.writer(f)
            out.writerow("start end src dst proto dport class subclass tool".split())
            out.writerows(self.labels)
        shutil.rmtree(self.scratch)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or os.geteuid() != 0:
        sys.exit("usage, as root: lab.py SEED DIR [quiet|small]")
    os.makedirs(sys.argv[2], exist_ok=True)
    Lab(int(sys.argv[1]), os.path.abspath(sys.argv[2]), "".join(sys.argv[3:])).run()
