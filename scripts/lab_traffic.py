#!/usr/bin/env python3
"""What the hosts of scripts/lab.py do beside the tools of others. It speaks only to addresses that the lab made."""
import os, random, socket, struct, sys, threading, time


def server(address, *ports):
    """Answers whatever comes over TCP, ports given: requests with a page, uploads with a word."""
    def handle(c):
        with c:
            c.settimeout(20)
            try:
                while data := c.recv(65536):
                    if data.startswith(b"GET"):
                        c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n" + b"x" * 9000)
            except OSError:
                pass

    def listen(port):
        s = socket.create_server((address, port), backlog=256)
        while True:
            threading.Thread(target=handle, args=(s.accept()[0],), daemon=True).start()
    for p in ports[1:]:
        threading.Thread(target=listen, args=(int(p),), daemon=True).start()
    listen(int(ports[0]))


def ntp(address):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, 123))
    while True:
        data, who = s.recvfrom(512)
        now = struct.pack(">II", int(time.time()) + 2208988800, 0)
        s.sendto(b"\x24\x02\x06\xe9" + bytes(12) + now + data[40:48] + now + now, who)


def ntp_client(address, n):
    for _ in range(int(n)):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(1)
        s.sendto(b"\x23" + bytes(39) + struct.pack(">II", int(time.time()) + 2208988800, 7), (address, 123))
        try:
            s.recv(512)
        except OSError:
            pass
        time.sleep(1)


def question(name, kind=1):
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split("."))
    return struct.pack(">HHHHHH", random.randrange(65536), 0x100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", kind, 1)


def ask(server, name, kind=1):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(0.5)
    s.sendto(question(name, kind), (server, 53))
    try:
        s.recv(4096)
    except OSError:
        pass
    s.close()


def get(address, port=80, source=None, path="/", size=0):
    try:
        with socket.create_connection((address, port), 3, (source, 0) if source else None) as s:
            s.sendall(f"GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: Mozilla/5.0\r\nCookie: {'c' * size}\r\nConnection: close\r\n\r\n".encode())
            s.settimeout(3)
            while s.recv(65536):
                pass
    except OSError:
        pass


def browse(seed, dns, site, web):
    r = random.Random(seed)
    while True:
        ask(dns, f"{r.choice(['www', 'img', 'api', 'cdn'])}.{r.choice(['news', 'shop', 'mail', 'wiki'])}.example")
        get(r.choice([site, site, web]), 80, None, r.choice(["/", "/900", "/12000"]), r.randrange(10, 300))
        time.sleep(r.expovariate(1.0))


def sources(first, n):
    head, tail = first.rsplit(".", 1)
    return [f"{head}.{int(tail) + i}" for i in range(int(n))]


def visit(seed, web, first, n):
    r = random.Random(seed)
    while True:
        get(web, 80, r.choice(sources(first, n)), r.choice(["/", "/900", "/12000", "/90000"]), r.randrange(10, 300))
        time.sleep(r.expovariate(2.0))


def many(web, first, n, total, size):
    """Requests from many sources for some seven seconds; size says how much each sends."""
    def work(source, count):
        for _ in range(count):
            get(web, 80, source, "/900", size())
            time.sleep(random.uniform(0, 14 / count))
    all_of = sources(first, n)
    threads = [threading.Thread(target=work, args=(s, int(total) // len(all_of))) for s in all_of]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


def bots(web, first, n, total):
    many(web, first, n, total, lambda: 20)


def crowd(web, first, n, total):
    many(web, first, n, total, lambda: random.randrange(10, 900))


def reflect(target, first, n, port, total):
    """Answers that nobody asked for, from addresses of the lab's own."""
    socks = []
    for a in sources(first, n):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((a, int(port)))
        socks.append(s)
    extra = int(total) // len(socks)
    for i in range(extra):
        for s in socks:
            s.sendto(os.urandom(random.randrange(200, 1200)), (target, random.randrange(1024, 65535)))
        time.sleep(0.01)


def upload(address, port, total):
    with socket.create_connection((address, int(port)), 5) as s:
        left = int(total)
        while left > 0:
            s.sendall(os.urandom(min(left, 65536)))
            left -= 65536


def tunnel(dns, domain, n, length):
    for _ in range(int(n)):
        text = os.urandom(int(length) // 2).hex()
        ask(dns, ".".join(text[i:i + 60] for i in range(0, len(text), 60)) + "." + domain, 16)
        time.sleep(0.03)


def icmp(address, n):
    s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    for i in range(int(n)):
        body = struct.pack(">HH", 77, i) + os.urandom(random.randrange(100, 1300))
        head = b"\x08\0\0\0"
        words = head + body + b"\0" * (len(body) % 2)
        total = sum(struct.unpack(f">{len(words) // 2}H", words))
        total = (total & 0xffff) + (total >> 16)
        total = ~((total & 0xffff) + (total >> 16)) & 0xffff
        s.sendto(head[:2] + struct.pack(">H", total) + body, (address, 0))
        time.sleep(0.05)


if __name__ == "__main__":
    globals()[sys.argv[1].replace("-", "_")](*sys.argv[2:])
