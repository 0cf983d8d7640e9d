package devstack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// stopTime is how long a server may take to end before it is killed.
const stopTime = 10 * time.Second

// watchdog is the program that outlives us. It waits on a pipe that we hold
// open: a line means that we stopped in order; the end of the pipe without
// one means that we were killed, and then it ends the servers and removes the
// directory. A pipe works on every Unix and, unlike the parent-death signal
// of Linux, does not depend on which of Go's threads started the child.
const watchdog = `
trap '' HUP INT QUIT TERM
if read -r _; then exit 0; fi
cd / || exit 1
each() {
	for f in "$1"/pids/*; do
		[ -e "$f" ] && kill -"${2:-$(cat "$f")}" "$(basename "$f")" 2>/dev/null
	done
}
each "$1" ""
n=0
while each "$1" 0 && [ $n -lt 50 ]; do sleep 0.1; n=$((n+1)); done
each "$1" KILL
rm -rf "$1"
`

// keeper owns the directory and the processes of a stack.
type keeper struct {
	dir    string
	runAs  *account // nil: the servers run as we do
	pipe   *os.File
	guard  *exec.Cmd
	closed sync.Once

	mu    sync.Mutex
	procs map[*process]bool
}

// account is the unprivileged user for servers when we are root.
type account struct {
	name     string
	uid, gid int
}

// newKeeper makes the directory below parent, and its watchdog. The directory
// stays ours, so that no server can tell the watchdog what to kill.
func newKeeper(parent string) (*keeper, error) {
	runAs, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "pulang-")
	if err != nil {
		return nil, fmt.Errorf("make a directory: %w", err)
	}
	k := &keeper{dir: dir, runAs: runAs, procs: map[*process]bool{}}
	if err := errors.Join(os.Chmod(dir, 0o711), os.Mkdir(filepath.Join(dir, "pids"), 0o700), k.watch()); err != nil { // #nosec G302 -- another user, who runs Postgres, passes through
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("prepare %s: %w", dir, err)
	}
	return k, nil
}

// unprivileged finds the user to run servers as; nil when we are not root.
func unprivileged() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid > 0 {
			return &account{name: name, uid: uid, gid: gid}, nil
		}
	}
	return nil, errors.New("started as root, and there is neither a user postgres nor nobody to run the servers as: install PostgreSQL from your system's packages, or start this as another user")
}

// watch starts the watchdog.
func (k *keeper) watch() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	cmd := exec.Command("sh", "-c", watchdog, "pulang-watchdog", k.dir) // #nosec G204 -- a constant script and our own folder
	cmd.Stdin, cmd.SysProcAttr = r, &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		_ = w.Close()
		return fmt.Errorf("start the watchdog: %w", err)
	}
	k.pipe, k.guard = w, cmd
	return nil
}

// home makes a directory that belongs to the servers' user.
func (k *keeper) home(name string) (string, error) {
	dir := filepath.Join(k.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	return dir, k.give(dir)
}

// give hands a file to the servers' user.
func (k *keeper) give(path string) error {
	if k.runAs == nil {
		return nil
	}
	return os.Chown(path, k.runAs.uid, k.runAs.gid)
}

// command prepares a program of the servers': their user, their directory, an
// environment without settings of ours, and no terminal, so that Ctrl-C
// reaches us alone and we stop things in order.
func (k *keeper) command(home, path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...) // #nosec G204 -- the servers of a test, found by find.go
	cmd.Dir = home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if k.runAs != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(k.runAs.uid), Gid: uint32(k.runAs.gid)} // #nosec G115 -- user ids of this machine
	}
	return cmd
}

// process is one running server.
type process struct {
	keeper *keeper
	name   string
	cmd    *exec.Cmd
	end    syscall.Signal // what makes it end at once and in order
	log    string
	done   chan struct{} // closed when it has ended
}

// start runs a server with its output in a file of the keeper's directory.
func (k *keeper) start(name string, end syscall.Signal, cmd *exec.Cmd) (*process, error) {
	log, err := os.CreateTemp(k.dir, filepath.Base(name)+"-*.log")
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	p := &process{keeper: k, name: name, cmd: cmd, end: end, log: log.Name(), done: make(chan struct{})}
	go func() {
		_ = cmd.Wait()
		close(p.done)
	}()
	if err := os.WriteFile(p.pidFile(), []byte(strconv.Itoa(int(end))), 0o600); err != nil {
		p.stop()
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.procs[p] = true
	return p, nil
}

// pidFile is where the watchdog finds it.
func (p *process) pidFile() string {
	return filepath.Join(p.keeper.dir, "pids", strconv.Itoa(p.cmd.Process.Pid))
}

// stop ends the server and waits for it.
func (p *process) stop() {
	_ = p.cmd.Process.Signal(p.end)
	select {
	case <-p.done:
	case <-time.After(stopTime):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	_ = os.Remove(p.pidFile())
	p.keeper.mu.Lock()
	defer p.keeper.mu.Unlock()
	delete(p.keeper.procs, p)
}

// said is the end of what the server wrote, for an error.
func (p *process) said() string {
	data, _ := os.ReadFile(p.log)
	return lastLines(string(data))
}

// lastLines keeps the lines of an output that tell what went wrong.
func lastLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-6):], "\n")
}

// owns says whether a server of that name runs here.
func (k *keeper) owns(name string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	for p := range k.procs {
		if p.name == name {
			return true
		}
	}
	return false
}

// close ends what still runs, tells the watchdog, and removes the directory.
func (k *keeper) close() {
	k.closed.Do(func() {
		k.mu.Lock()
		running := make([]*process, 0, len(k.procs))
		for p := range k.procs {
			running = append(running, p)
		}
		k.mu.Unlock()
		var wait sync.WaitGroup
		for _, p := range running {
			wait.Go(p.stop)
		}
		wait.Wait()
		_, _ = k.pipe.WriteString("stopped\n")
		_ = k.pipe.Close()
		_ = k.guard.Wait()
		_ = os.RemoveAll(k.dir)
	})
}
