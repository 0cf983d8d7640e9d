package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"runtime"
)

type demoCommand struct {
	Listen string `default:"127.0.0.1:8080" help:"Where the page is served; a port of 0 takes any free one."`
	Once   bool   `help:"Play a scripted conversation without a browser; the exit status tells whether the alert came and was acknowledged."`
	NoOpen bool   `help:"Do not open the browser."`
}

// Run starts the demo: everything is private, temporary and invented.
func (c demoCommand) Run(ctx context.Context, w world) error {
	if c.Once {
		c.Listen = "127.0.0.1:0"
	}
	l, err := listen(ctx, c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %w (another one: --listen 127.0.0.1:0)", c.Listen, err)
	}
	if !isLocal(l.Addr().(*net.TCPAddr).IP.String()) {
		return errors.Join(errors.New("--listen must be an address of this machine, such as 127.0.0.1:8080: whoever reaches the demo is signed in"), l.Close())
	}
	st, err := openStage(ctx, l, w)
	if err != nil {
		return err
	}
	defer st.close()
	return st.run(ctx, func(ctx context.Context) error {
		if c.Once {
			return st.play(ctx, w.stdout)
		}
		_, _ = fmt.Fprintf(w.stdout, "\nThe demo is ready:  %s/demo\nEverybody in it is invented, and nothing leaves this machine. Ctrl-C ends it.\n", st.url)
		if !c.NoOpen {
			openBrowser(ctx, st.url+"/demo")
		}
		<-ctx.Done()
		return nil
	})
}

// openBrowser tries to; the address was printed all the same.
func openBrowser(ctx context.Context, url string) {
	name := "xdg-open"
	if runtime.GOOS == "darwin" {
		name = "open"
	}
	if path, err := exec.LookPath(name); err == nil {
		_ = exec.CommandContext(ctx, path, url).Start() // #nosec G204 -- the system's own opener, with our own address
	}
}
