package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Rights of Landlock (linux/landlock.h) by what they are needed for.
const (
	readFiles   = unix.LANDLOCK_ACCESS_FS_READ_FILE
	readFolders = readFiles | unix.LANDLOCK_ACCESS_FS_READ_DIR
	runFiles    = unix.LANDLOCK_ACCESS_FS_EXECUTE
	writeFiles  = unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	ofFiles     = readFiles | runFiles | writeFiles // what a right to a file that is no folder may be
	inFolders   = readFolders | writeFiles | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE | unix.LANDLOCK_ACCESS_FS_REMOVE_DIR
)

// programFiles are what the dynamic linker and the C library read, where they are.
var programFiles = []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"}

// systemFiles tell how many processors and how much memory there are. Of other processes they show no more than anyone sees: Landlock keeps what asks for the rights of a
// debugger, such as environments, within the sandbox.
var systemFiles = []string{"/proc", "/sys/devices/system/cpu", "/sys/fs/cgroup"}

// startConfined starts a process that can read some paths, write into one folder, and open no socket. A thread takes the bounds upon itself, starts the process, which
// inherits them, and ends.
func startConfined(child *exec.Cmd, readable []string, folder string) error {
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		if err := confineThread(child.Path, readable, folder); err != nil {
			started <- fmt.Errorf("this system has no sandbox that holds (Landlock and seccomp of Linux 5.13 or later): %w", err)
			return
		}
		started <- child.Start()
	}()
	return <-started
}

func confineThread(program string, readable []string, folder string) error {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return errno
	}
	rules := rulesOf(int(abi))
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rules.attr)), rules.size, 0)
	if errno != 0 {
		return errno
	}
	defer func() { _ = unix.Close(int(fd)) }()
	for _, path := range programFiles {
		if err := rules.allow(int(fd), path, readFolders|runFiles); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	allowed := map[string]uint64{program: readFiles | runFiles, "/dev/null": readFiles | writeFiles, folder: inFolders}
	for _, path := range append(systemFiles, readable...) {
		allowed[path] = readFolders
	}
	for path, rights := range allowed {
		if err := rules.allow(int(fd), path, rights); err != nil && !(slices.Contains(systemFiles, path) && errors.Is(err, os.ErrNotExist)) {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); errno != 0 {
		return errno
	}
	return withoutSockets()
}

// rules are those that the kernel's version of Landlock can hold.
type rules struct {
	attr unix.LandlockRulesetAttr
	size uintptr
}

func rulesOf(abi int) *rules {
	r := &rules{size: 8}
	r.attr.Handled_access_fs = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1 // the 13 rights of version 1
	if abi >= 2 {
		r.attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if abi >= 3 {
		r.attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if abi >= 4 {
		r.size, r.attr.Handled_access_net = 16, unix.LANDLOCK_ACCESS_NET_BIND_TCP|unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	if abi >= 6 {
		r.size, r.attr.Scoped = 24, unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET|unix.LANDLOCK_SCOPE_SIGNAL
	}
	return r
}

// allow gives rights to a file, or to a folder and what is in it.
func (r *rules) allow(ruleset int, path string, rights uint64) error {
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { _ = unix.Close(fd) }()
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFDIR {
		rights &= ofFiles
	}
	beneath := unix.LandlockPathBeneathAttr{Allowed_access: rights & r.attr.Handled_access_fs, Parent_fd: int32(fd)}
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, uintptr(ruleset), unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&beneath)), 0, 0, 0); errno != 0 {
		return fmt.Errorf("allow %s: %w", path, errno)
	}
	return nil
}

// architectures are the ones whose numbers of system calls are known here (linux/audit.h).
var architectures = map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}

// withoutSockets refuses the system calls that make sockets, by seccomp; those of other architectures end the process.
func withoutSockets() error {
	arch, ok := architectures[runtime.GOARCH]
	if !ok {
		return errors.New("the numbers of its system calls are not known")
	}
	const (
		number, architecture = 0, 4 // places in struct seccomp_data
		foreign              = 0x40000000
		refuse               = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	)
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	jump := func(op uint16, k uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_K | op, K: k, Jt: yes, Jf: no}
	}
	ret := func(k uint32) unix.SockFilter { return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k} }
	program := []unix.SockFilter{
		load(architecture), jump(unix.BPF_JEQ, arch, 1, 0), ret(unix.SECCOMP_RET_KILL_PROCESS),
		load(number), jump(unix.BPF_JGE, foreign, 4, 0), // x32
		jump(unix.BPF_JEQ, unix.SYS_SOCKET, 3, 0), jump(unix.BPF_JEQ, unix.SYS_IO_URING_SETUP, 2, 0), jump(unix.BPF_JEQ, unix.SYS_PTRACE, 1, 0),
		ret(unix.SECCOMP_RET_ALLOW), ret(refuse),
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&filter)), 0, 0); err != nil {
		return fmt.Errorf("refuse sockets: %w", err)
	}
	return nil
}
