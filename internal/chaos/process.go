package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// build builds the program of this tree, as it is installed.
func build(ctx context.Context, to string) error {
	out, err := exec.CommandContext(ctx, "go", "build", "-o", to, "pulang/cmd/pulang").CombinedOutput() // #nosec G204 -- our own path
	if err != nil {
		return fmt.Errorf("pulang does not build: %w\n%s", err, out)
	}
	return nil
}

// process is one pulang serve, which is started again whenever it ends, as a service
// manager does it.
type process struct {
	program  string
	env      []string
	address  string // where it listens, also after a restart
	log      *os.File
	postgres *toxiproxy.Proxy // its own ways to the servers
	redis    *toxiproxy.Proxy

	mu      sync.Mutex
	cmd     *exec.Cmd
	retired bool
	kills   int
	ends    []string // how it ended without being killed
	over    sync.WaitGroup
	awake   chan struct{} // closed by retire
}

// restart is how long a service manager waits before it starts a program again.
const restart = 150 * time.Millisecond

// supervise runs the program until retire.
func (p *process) supervise() {
	p.awake = make(chan struct{})
	p.over.Go(func() {
		for p.once() {
			select {
			case <-time.After(restart):
			case <-p.awake:
			}
		}
	})
}

// once runs the program to its end; false when it is retired.
func (p *process) once() bool {
	p.mu.Lock()
	if p.retired {
		p.mu.Unlock()
		return false
	}
	cmd := exec.Command(p.program, "serve") // #nosec G204 -- built by us
	cmd.Env, cmd.Stdout, cmd.Stderr = p.env, p.log, p.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	err := cmd.Start()
	p.cmd = cmd
	p.mu.Unlock()
	if err != nil {
		p.ended(err.Error())
		return true
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) && !exit.Exited() {
		return true // by a signal: ours
	}
	p.ended(fmt.Sprint(cmd.ProcessState.ExitCode()))
	return true
}

func (p *process) ended(how string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ends = append(p.ends, how)
}

// signal signals the program that runs now, and returns what signals the same one
// again, also when another runs in its place by then.
func (p *process) signal(s syscall.Signal) func(syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil || p.cmd.Process == nil {
		return func(syscall.Signal) {}
	}
	one := p.cmd.Process
	_ = one.Signal(s)
	return func(s syscall.Signal) { _ = one.Signal(s) }
}

// kill ends the program at whatever instruction it is.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kills++
}

// retire ends the program for good, with SIGKILL or in order, and gives the exit
// status of an orderly end.
func (p *process) retire(s syscall.Signal) int {
	p.mu.Lock()
	p.retired = true
	cmd := p.cmd
	select {
	case <-p.awake:
	default:
		close(p.awake)
	}
	p.mu.Unlock()
	if cmd == nil || cmd.Process == nil {
		return -1
	}
	p.signal(s)
	late := time.AfterFunc(40*time.Second, func() { _ = cmd.Process.Kill() })
	p.over.Wait()
	late.Stop()
	return cmd.ProcessState.ExitCode()
}

// revive lets a retired process run again.
func (p *process) revive() {
	p.mu.Lock()
	p.retired = false
	p.mu.Unlock()
	p.supervise()
}

// open waits until the program accepts messages.
func (p *process) open(ctx context.Context) error {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		answer, err := client.Get("http://" + p.address + "/readyz")
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("pulang serve does not open: %w", context.Cause(ctx))
		}
	}
}

// nextPort spreads runs over ports below those that systems hand out by themselves,
// so that nobody takes the port of a process while it is dead.
var nextPort atomic.Uint32

// freeAddress is an address to listen on.
func freeAddress(seed uint64) (string, error) {
	for range 2000 {
		n := 12000 + (uint32(seed%15000)+uint32(os.Getpid())*97+nextPort.Add(1))%18000 // #nosec G115 -- both are small
		address := fmt.Sprintf("127.0.0.1:%d", n)
		l, err := net.Listen("tcp", address)
		if err == nil {
			return address, l.Close()
		}
	}
	return "", errors.New("no free port was found on 127.0.0.1")
}

// through puts a proxy before the server of an URL, and gives the URL that leads
// through it.
func through(server *toxiproxy.ApiServer, name, address string) (*toxiproxy.Proxy, string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, "", errors.New("chaos: not an URL")
	}
	p := toxiproxy.NewProxy(server, name, "127.0.0.1:0", u.Host)
	if err := p.Start(); err != nil {
		return nil, "", fmt.Errorf("start a proxy: %w", err)
	}
	u.Host = p.Listen
	return p, u.String(), nil
}

// newProxies is what all proxies of a run share. They log nothing.
func newProxies() *toxiproxy.ApiServer {
	return toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
}
