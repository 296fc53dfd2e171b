package capture

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	pollEvery     = 100 * time.Millisecond // how soon the end of the context or of the duration is seen
	largestFrame  = 256 << 10
	socketBuffer  = 32 << 20
	tagLength     = 4
	linkEthernet  = 1
	linkRaw       = 101
	arphrdEther   = 1
	arphrdLoop    = 772
	arphrdNone    = 0xfffe
	arphrdTunnel  = 768
	arphrdTunnel6 = 769
	arphrdSIT     = 776
)

// live is a capture from one interface through an AF_PACKET socket (packet(7)).
type live struct {
	fd       int
	loopback bool
	ethernet bool
	options  LiveOptions
	out      *Writer
	buf      []byte // room for a VLAN tag, then the frame
	oob      []byte
	frame    Frame
	stats    LiveStats
}

// Live captures frames from an interface and writes them to w as pcapng: the VLAN tag that the kernel takes off put back, the direction of each
// frame, nanosecond times of the kernel, and at the end the kernel's count of lost frames. It ends without an error when a limit is reached or
// the context is done. The errors are ErrPrivilege, ErrNoInterface and those of the system.
func Live(ctx context.Context, w io.Writer, o LiveOptions) (LiveStats, error) {
	dev, err := net.InterfaceByName(o.Interface)
	if err != nil {
		return LiveStats{}, fmt.Errorf("%w: %s", ErrNoInterface, o.Interface)
	}
	l := &live{options: o, loopback: dev.Flags&net.FlagLoopback != 0, out: NewWriter(w, "pcaplake")}
	if err := l.open(dev.Index); err != nil {
		return LiveStats{}, err
	}
	defer unix.Close(l.fd)
	if err := l.describe(o.Interface); err != nil {
		return LiveStats{}, err
	}
	if err := l.capture(ctx); err != nil {
		return l.stats, err
	}
	if err := l.count(); err != nil {
		return l.stats, err
	}
	return l.stats, l.out.Flush()
}

// open makes the socket and binds it to the interface.
func (l *live) open(index int) error {
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return ErrPrivilege
	}
	if err != nil {
		return fmt.Errorf("open capture socket: %w", err)
	}
	l.fd = fd
	// A larger buffer needs CAP_NET_ADMIN beyond the system's limit: take what is given.
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, socketBuffer) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, socketBuffer)
	}
	err = errors.Join(
		unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1),
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, ptr(unix.NsecToTimeval(pollEvery.Nanoseconds()))),
		unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &unix.PacketMreq{Ifindex: int32(index), Type: unix.PACKET_MR_PROMISC}),
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL), Ifindex: index}),
	)
	if err != nil {
		return errors.Join(fmt.Errorf("open capture socket: %w", err), unix.Close(fd))
	}
	size := largestFrame
	if l.options.SnapLen > 0 {
		size = min(size, l.options.SnapLen)
	}
	l.buf, l.oob = make([]byte, tagLength+size), make([]byte, 256)
	return nil
}

func ptr[T any](v T) *T { return &v }

func networkOrder(v uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, v))
}

// describe writes the interface's description; the link type follows from the kind of device.
func (l *live) describe(name string) error {
	address, err := unix.Getsockname(l.fd)
	if err != nil {
		return fmt.Errorf("describe interface: %w", err)
	}
	link := int32(linkEthernet)
	switch kind := address.(*unix.SockaddrLinklayer).Hatype; kind {
	case arphrdEther, arphrdLoop:
		l.ethernet = true
	case arphrdNone, arphrdTunnel, arphrdTunnel6, arphrdSIT:
		link = linkRaw
	default:
		return fmt.Errorf("capture from %s: devices of kind %d (ARPHRD) are not supported", name, kind)
	}
	l.frame.LinkType = link
	_, err = l.out.AddInterface(Interface{Name: name, LinkType: link, SnapLen: int64(l.options.SnapLen), OS: osName()}, -1)
	return err
}

func osName() string {
	b, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "Linux"
	}
	return "Linux " + strings.TrimSpace(string(b))
}

// capture takes frames until a limit is reached or ctx is done.
func (l *live) capture(ctx context.Context) error {
	if l.options.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.options.Duration)
		defer cancel()
	}
	for ctx.Err() == nil && (l.options.Count == 0 || l.stats.Frames < l.options.Count) {
		n, oobn, flags, from, err := unix.Recvmsg(l.fd, l.buf[tagLength:], l.oob, unix.MSG_TRUNC)
		switch {
		case errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ENETDOWN):
			return fmt.Errorf("capture from %s: the interface went down", l.options.Interface)
		case err != nil:
			return fmt.Errorf("capture from %s: %w", l.options.Interface, err)
		}
		_ = flags // n is the length on the wire, whatever was cut
		if err := l.take(n, l.oob[:oobn], from); err != nil {
			return err
		}
	}
	return nil
}

// take writes one frame of n bytes on the wire.
func (l *live) take(n int, oob []byte, from unix.Sockaddr) error {
	f := &l.frame
	f.Dir = DirIn
	if address, ok := from.(*unix.SockaddrLinklayer); ok && address.Pkttype == unix.PACKET_OUTGOING {
		if l.loopback { // it comes back as an incoming one at once
			return nil
		}
		f.Dir = DirOut
	}
	f.Data, f.WireLen = l.buf[tagLength:tagLength+min(n, len(l.buf)-tagLength)], int64(n)
	at := l.ancillary(oob)
	f.TS, f.TSExtraNS, f.HasTS = at.UnixNano()/1000, int32(at.UnixNano()%1000), true
	if l.stats.Frames == 0 {
		l.stats.First = at
	}
	l.stats.Last = at
	l.stats.Frames++
	return l.out.WriteFrame(f)
}

// ancillary reads the kernel's time of the frame, and puts back the VLAN tag that it took off.
func (l *live) ancillary(oob []byte) time.Time {
	at := time.Now()
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return at
	}
	for _, m := range messages {
		switch {
		case m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= int(unsafe.Sizeof(unix.Timespec{})):
			at = time.Unix((*unix.Timespec)(unsafe.Pointer(&m.Data[0])).Unix())
		case m.Header.Level == unix.SOL_PACKET && m.Header.Type == unix.PACKET_AUXDATA && len(m.Data) >= int(unsafe.Sizeof(unix.TpacketAuxdata{})):
			l.tag((*unix.TpacketAuxdata)(unsafe.Pointer(&m.Data[0])))
		}
	}
	return at
}

// tag moves the addresses to the front and writes the tag behind them.
func (l *live) tag(aux *unix.TpacketAuxdata) {
	const addresses = 12
	f := &l.frame
	if !l.ethernet || aux.Status&unix.TP_STATUS_VLAN_VALID == 0 || len(f.Data) < addresses {
		return
	}
	protocol := uint16(unix.ETH_P_8021Q)
	if aux.Status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
		protocol = aux.Vlan_tpid
	}
	end := tagLength + len(f.Data)
	copy(l.buf, l.buf[tagLength:tagLength+addresses])
	binary.BigEndian.PutUint16(l.buf[addresses:], protocol)
	binary.BigEndian.PutUint16(l.buf[addresses+2:], aux.Vlan_tci)
	f.WireLen += tagLength
	f.Data = l.buf[:end]
	if l.options.SnapLen > 0 {
		f.Data = f.Data[:min(len(f.Data), l.options.SnapLen)]
	}
}

// count asks the kernel what it had no room for and writes it down.
func (l *live) count() error {
	s, err := unix.GetsockoptTpacketStats(l.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err != nil {
		return fmt.Errorf("read capture statistics: %w", err)
	}
	l.stats.Dropped = int64(s.Drops)
	return l.out.WriteStatistics(0, time.Now(), int64(s.Packets), l.stats.Dropped)
}
