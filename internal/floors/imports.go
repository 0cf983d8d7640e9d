package floors

import (
	"fmt"
	"go/ast"
	"maps"
	"slices"
	"strings"
)

// floor is where each package stands (docs/design.md, section 2). Imports point
// strictly down; test files may import sideways and up.
var floor = map[string]int{
	"cmd/pulang": 7, "stories": 7, "internal/devstack/withstack": 7, "internal/bench": 7, "internal/chaos": 7,
	"bot/telegram": 6, "bot/sms": 6, "bot/bottest": 6,
	"bot": 5, "internal/console": 5,
	"internal/cases": 4, "internal/retention": 4,
	"internal/devstack/testbed": 3, "internal/devstack/testbed/judged": 4,
	"internal/escalation": 3, "internal/rekey": 3, "internal/signin": 3, "internal/audit": 3,
	"internal/store": 2, "internal/session": 2, "internal/spool": 2,
	"flows": 1, "internal/hear": 1, "internal/seal": 1, "internal/access": 1, "internal/directory": 1,
	"internal/casefile": 0, "internal/gsm7": 0, "locales": 0, "internal/loop": 0, "internal/redact": 0,
	"internal/ledger": 0, "internal/fakes": 0, "internal/devstack": 0, "internal/floors": 0, "internal/guard": 0, "internal/media": 0, "internal/qr": 0, "tools/licences": 7,
}

// importsPointDown also finds packages that stand on no floor.
func importsPointDown(t *Tree) []Violation {
	var found []Violation
	homeless := map[string]bool{}
	for _, f := range t.code() {
		from, known := floor[f.Dir]
		if !known {
			homeless[f.Dir] = true
			continue
		}
		f.imports(func(spec *ast.ImportSpec, path string) {
			target, ours := strings.CutPrefix(path, Module+"/")
			if !ours {
				return
			}
			to, known := floor[target]
			if known && to < from {
				return
			}
			found = append(found, Violation{t.at(spec), fmt.Sprintf(
				"%s (floor %d) imports %s (floor %d): imports point strictly down; move the code, not the floor", f.Dir, from, target, to)})
		})
	}
	for _, dir := range slices.Sorted(maps.Keys(homeless)) {
		found = append(found, Violation{dir, "stands on no floor: give it one in docs/design.md, section 2, and in internal/floors/imports.go"})
	}
	return found
}

// sqlOnlyInStore: the driver, the migrations tool and database/sql.
func sqlOnlyInStore(t *Tree) []Violation {
	return onlyIn(t, []string{"github.com/jackc/pgx/v5", "database/sql", "github.com/pressly/goose/v3"},
		[]string{"internal/store", "internal/devstack", "internal/chaos", "internal/bench"}, // the last two look at the line from outside
		"only internal/store speaks SQL (and internal/devstack starts the server)")
}

// redisOnlyInSession: the client and the in-process server.
func redisOnlyInSession(t *Tree) []Violation {
	return onlyIn(t, []string{"github.com/redis/go-redis/v9", "github.com/alicebob/miniredis/v2"},
		[]string{"internal/session", "internal/devstack", "internal/fakes", "internal/bench"},
		"only internal/session speaks Redis (internal/devstack starts the server, and internal/bench measures it)")
}

// onlyIn finds imports of libraries outside the packages that may use them.
func onlyIn(t *Tree, libraries, allowed []string, says string) []Violation {
	var found []Violation
	for _, f := range t.code() {
		if slices.ContainsFunc(allowed, func(dir string) bool { return inside(f.Dir, dir) }) {
			continue
		}
		f.imports(func(spec *ast.ImportSpec, path string) {
			// database/sql/driver only says how an ID is stored; it speaks no SQL.
			isLibrary := path != "database/sql/driver" &&
				slices.ContainsFunc(libraries, func(library string) bool { return inside(path, library) })
			if isLibrary {
				found = append(found, Violation{t.at(spec), says})
			}
		})
	}
	return found
}

// forTestsStayThere: a package that imports testing is for tests, with what stands in
// its folder; only tests, and others like it, import it.
func forTestsStayThere(t *Tree) []Violation {
	var roots []string
	for _, f := range t.code() {
		f.imports(func(_ *ast.ImportSpec, path string) {
			if path == "testing" {
				roots = append(roots, f.Dir)
			}
		})
	}
	forTests := func(dir string) bool {
		return slices.ContainsFunc(roots, func(root string) bool { return inside(dir, root) })
	}
	var found []Violation
	for _, f := range t.code() {
		f.imports(func(spec *ast.ImportSpec, path string) {
			target, ours := strings.CutPrefix(path, Module+"/")
			if ours && forTests(target) && !forTests(f.Dir) {
				found = append(found, Violation{t.at(spec), target + " is for tests; only tests may import it"})
			}
		})
	}
	return found
}
