package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// used is processor time in seconds.
type used struct {
	line, postgres, bench float64
}

func (h *house) used(ctx context.Context) (u used, err error) {
	if u.line, err = h.gauge(ctx, "process_cpu_seconds_total"); err != nil {
		return u, err
	}
	u.postgres = h.bench.postgresUsed()
	var self syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &self); err != nil {
		return u, err
	}
	u.bench = seconds(self.Utime) + seconds(self.Stime)
	return u, nil
}

func seconds(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }

// postgresUsed adds up the server and what it started. It is told where the system
// has /proc, and 0 elsewhere: no figure of ours depends on it.
func (b *bench) postgresUsed() (total float64) {
	file, err := os.ReadFile(filepath.Join(b.stack.Dir, "postgres", "data", "postmaster.pid")) // #nosec G304 -- of our own server
	if err != nil {
		return 0
	}
	postmaster, _, _ := strings.Cut(string(file), "\n")
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path) // #nosec G304 -- of /proc
		if err != nil {
			continue // it has ended
		}
		pid := filepath.Base(filepath.Dir(path))
		if _, rest, ok := strings.Cut(string(stat), ") "); ok {
			total += usedBy(pid, postmaster, strings.Fields(rest))
		}
	}
	return total
}

// usedBy reads a line of /proc from its third field on. Of the server itself what its
// ended children used counts too.
func usedBy(pid, postmaster string, fields []string) float64 {
	const ticks = 100 // in a second, on every Linux that Go knows
	if len(fields) < 15 || pid != postmaster && fields[1] != postmaster {
		return 0
	}
	last := 13
	if pid == postmaster {
		last = 15
	}
	sum := 0.0
	for _, field := range fields[11:last] {
		n, _ := strconv.ParseFloat(field, 64)
		sum += n
	}
	return sum / ticks
}
