package lockdown

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// offsets in struct seccomp_data.
const (
	dataNumber = 0
	dataArch   = 4
	dataArg0   = 16
)

const (
	deny  = unix.SECCOMP_RET_ERRNO | uint32(unix.EACCES)
	allow = unix.SECCOMP_RET_ALLOW
	nosys = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
)

// filterSyscalls puts a seccomp filter on all threads: nothing is opened, no socket is made, no program is run and no process is started; new threads
// of the runtime are allowed. It is the second lock beside landlock, and the only one where landlock is missing.
func filterSyscalls() bool {
	arch, ok := map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]
	if !ok {
		return false
	}
	program := filter(arch)
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return false
	}
	fprog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC,
		uintptr(unsafe.Pointer(&fprog)))
	return errno == 0
}

func filter(arch uint32) []unix.SockFilter {
	load := func(offset uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
	}
	ret := func(action uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
	}
	equal := func(k uint32, yes, no uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jt: yes, Jf: no}
	}
	p := []unix.SockFilter{load(dataArch), equal(arch, 1, 0), ret(deny), load(dataNumber)}
	for _, number := range denied {
		p = append(p, equal(number, 0, 1), ret(deny))
	}
	return append(p,
		equal(unix.SYS_CLONE3, 0, 1), ret(nosys),
		equal(unix.SYS_CLONE, 0, 3), load(dataArg0),
		unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: unix.CLONE_THREAD, Jt: 1, Jf: 0}, ret(deny),
		ret(allow))
}
