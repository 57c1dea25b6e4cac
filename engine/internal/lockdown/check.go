package lockdown

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// Attempt is one thing that was tried.
type Attempt struct {
	Refused bool   `json:"refused"`
	Error   string `json:"error,omitempty"`
}

// Report says what holds on this machine.
type Report struct {
	Lockdown protocol.Lockdown `json:"lockdown"`
	ReadFile Attempt           `json:"readFile"`
	WriteAny Attempt           `json:"writeFile"`
	Connect  Attempt           `json:"connect"`
	Datagram Attempt           `json:"datagram"`
	Exec     Attempt           `json:"exec"`
}

// Check applies the lockdown and then really tries what must not work.
func Check() Report {
	address := listen()
	target := filepath.Join(os.TempDir(), "sluice-engine-check")
	r := Report{Lockdown: Apply()}
	r.ReadFile = attempt(func() error { _, err := os.ReadFile("/etc/passwd"); return err })
	r.WriteAny = attempt(func() error {
		f, err := os.Create(target)
		if err != nil {
			return err
		}
		defer os.Remove(target)
		_, err = f.WriteString("x")
		return err
	})
	r.Connect = attempt(func() error { return dial("tcp", address) })
	r.Datagram = attempt(func() error { return dial("udp", "127.0.0.1:53") })
	r.Exec = attempt(func() error {
		_, err := syscall.ForkExec("/bin/true", []string{"true"}, &syscall.ProcAttr{})
		return err
	})
	return r
}

// listen opens a port that a connection would reach, so that a refusal is not mistaken for nobody being there. It stays open to the end.
func listen() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "127.0.0.1:1"
	}
	if f, err := l.(*net.TCPListener).File(); err == nil {
		Keep(f)
	}
	return l.Addr().String()
}

func dial(network, address string) error {
	c, err := net.DialTimeout(network, address, time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Write([]byte("x"))
	return err
}

func attempt(try func() error) Attempt {
	if err := try(); err != nil {
		return Attempt{Refused: true, Error: err.Error()}
	}
	return Attempt{}
}
