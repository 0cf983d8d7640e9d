// Command pulang is the hotline: it serves the line and the staff console, and
// holds the tools around them.
//
// This package is wiring, read top to bottom: settings.go says what an operator
// may set, channels.go which channels there are, program.go puts everything
// together, serve.go runs it, and each other command has a file of its own.
//
// It promises that a wrong or half-given setting is refused at start with all
// reasons at once, that a stop finishes what is in hand, and that nothing private
// reaches a log. It is the only place that asks the clock. It decides nothing
// about people: that is left to the floors below.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"pulang/internal/redact"
)

// version is set by the linker; see Makefile.
var version = "development"

// world is everything outside that a command may touch.
type world struct {
	args   []string // without the program's name
	getenv func(string) string
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
}

// commands are all commands, in the order of the help.
type commands struct {
	Demo    demoCommand    `cmd:"" help:"Try it: phones, staff and a clock in your browser. Needs no accounts and no set-up."`
	Talk    talkCommand    `cmd:"" help:"Converse in the terminal. Nothing is stored or sent."`
	Hear    hearCommand    `cmd:"" help:"Read one text per line; print what was understood as one JSON object per line."`
	Serve   serveCommand   `cmd:"" help:"Run the line and the staff console."`
	Migrate migrateCommand `cmd:"" help:"Bring the database to the newest schema."`
	Keys    keysCommand    `cmd:"" help:"Make, turn over, split and restore the keyset that seals what people say."`
	Forget  forgetCommand  `cmd:"" help:"Forget what is due, or one closed case; show and change how long things are kept."`
	Audit   auditCommand   `cmd:"" help:"Read who did what, and check that nobody changed it."`
	Staff   staffCommand   `cmd:"" help:"Add, list or disable members of staff."`
	Flows   flowsCommand   `cmd:"" help:"Draw the conversations."`
	Doctor  doctorCommand  `cmd:"" help:"Show every setting, without secrets, and whether each dependency is reached."`
	Help    helpCommand    `cmd:"" help:"Tell about the commands, or about one of them."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, world{
		args: os.Args[1:], getenv: os.Getenv, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now,
	})
	stop()
	os.Exit(code)
}

// run is the program: it returns the exit status. 0 is well, 1 is a failure that
// was said on stderr, 2 is a command that was not understood. When ctx ends, what
// runs stops in order.
func run(ctx context.Context, w world) int {
	var all commands
	helped := false
	parser, err := kong.New(&all,
		kong.Name("pulang"),
		kong.Description("A hotline people in danger reach by message: Telegram and SMS, in Indonesian and English."),
		kong.Writers(w.stdout, w.stderr),
		kong.Exit(func(int) { helped = true }), // --help was printed
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(w))
	if err != nil {
		_, _ = fmt.Fprintln(w.stderr, "pulang:", err)
		return 1
	}
	chosen, err := parser.Parse(w.args)
	switch {
	case helped:
		return 0
	case err == nil:
		err = chosen.Run()
	default:
		err = fmt.Errorf("%w: %w", errNotUnderstood, err)
	}
	return w.status(err)
}

// status says what went wrong, and gives the exit status for it.
func (w world) status(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNotUnderstood):
		_, _ = fmt.Fprintf(w.stderr, "pulang: %v\nTry: pulang --help\n", err)
		return 2
	}
	_, _ = fmt.Fprintln(w.stderr, "pulang:", err)
	return 1
}

// logger logs JSON lines to stderr through redact.
func (w world) logger() *slog.Logger {
	return slog.New(redact.NewHandler(slog.NewJSONHandler(w.stderr, nil)))
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(w world) error {
	_, err := fmt.Fprintln(w.stdout, version)
	return err
}
