// Command withstack runs a command, usually "go test ./...", with one private
// Postgres and Redis for all the test processes it starts, and passes on its
// exit status. See devstack.Main.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"pulang/internal/devstack"
)

func main() { os.Exit(run(os.Args[1:])) }

// run starts the stack, runs the command and stops the stack.
func run(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: withstack COMMAND [ARGUMENT...]")
		return 2
	}
	// The command shares our terminal and hears Ctrl-C itself; we wait for it.
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	stack, err := devstack.Start(ctx, devstack.Options{Log: func(s string) { fmt.Fprintln(os.Stderr, s) }})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stack.Stop()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...) // #nosec G204 G702 -- running a command is what it is for
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), stack.Environment()...)
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ended) && ended.ExitCode() > 0:
		return ended.ExitCode()
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}
