package devstack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// postgresPlaces are where packages put the server's programs, which are
// rarely in PATH: Debian, Red Hat, Homebrew on both kinds of Mac and on Linux.
var postgresPlaces = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/opt/homebrew/bin", "/usr/local/bin", "/usr/local/pgsql/bin",
	"/Applications/Postgres.app/Contents/Versions/latest/bin",
}

// oldestPostgres is the first version with all that is used here.
const oldestPostgres = 14

// findPostgres returns the directory of initdb and postgres: the first pair
// in PATH, else the newest that packages installed.
func findPostgres() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil && hasPostgres(filepath.Dir(path)) {
			return filepath.Dir(path), nil
		}
	}
	for _, place := range postgresPlaces {
		found, _ := filepath.Glob(place)
		slices.SortFunc(found, func(a, b string) int { return versionIn(b) - versionIn(a) })
		for _, dir := range found {
			if hasPostgres(dir) && (versionIn(dir) == 0 || versionIn(dir) >= oldestPostgres) {
				return dir, nil
			}
		}
	}
	return "", errors.New("PostgreSQL is not installed (or older than 14); " + install("postgresql", "postgresql@17"))
}

// hasPostgres says whether both programs are there.
func hasPostgres(dir string) bool {
	return executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres"))
}

// findRedis returns the path of a Redis server.
func findRedis() (string, error) {
	for _, name := range []string{"redis-server", "valkey-server"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
		for _, dir := range []string{"/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/home/linuxbrew/.linuxbrew/bin"} {
			if path := filepath.Join(dir, name); executable(path) {
				return path, nil
			}
		}
	}
	return "", errors.New("Redis is not installed; " + install("redis-server", "redis"))
}

// executable says that a file can be run.
func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

// versionIn is the first number in a path, 0 without one.
func versionIn(path string) int {
	start := strings.IndexAny(path, "0123456789")
	if start < 0 {
		return 0
	}
	end := start
	for end < len(path) && path[end] >= '0' && path[end] <= '9' {
		end++
	}
	n, _ := strconv.Atoi(path[start:end])
	return n
}

// install is the one command to type on this machine.
func install(debian, brew string) string {
	sudo := "sudo "
	if os.Geteuid() == 0 {
		sudo = ""
	}
	switch {
	case runtime.GOOS == "darwin":
		return fmt.Sprintf("type: brew install %s", brew)
	case executable("/usr/bin/apt-get"):
		return fmt.Sprintf("type: %sapt-get install -y %s", sudo, debian)
	case executable("/usr/bin/dnf"):
		return fmt.Sprintf("type: %sdnf install -y %s", sudo, map[string]string{"postgresql": "postgresql-server", "redis-server": "redis"}[debian])
	}
	return fmt.Sprintf("install the package %s of your system", debian)
}
