package floors

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheHouseRulesHold(t *testing.T) {
	t.Parallel()
	tree, err := Read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Go) < 50 {
		t.Fatalf("read %d Go files: this is not the whole tree", len(tree.Go))
	}
	for _, rule := range Rules {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			for _, v := range rule.Check(tree) {
				t.Error(v)
			}
		})
	}
}

// planted is one violation for each rule: files, and a word of what must be said.
var planted = []struct {
	rule  string
	files map[string]string
	where string
	says  string
}{
	{"imports point strictly down", map[string]string{"internal/store/a.go": "package store\nimport _ \"pulang/bot\""}, "internal/store/a.go:2", "strictly down"},
	{"imports point strictly down", map[string]string{"internal/cases/a.go": "package cases\nimport _ \"pulang/internal/retention\""}, "internal/cases/a.go:2", "strictly down"},
	{"imports point strictly down", map[string]string{"internal/new/a.go": "package new"}, "internal/new", "stands on no floor"},
	{"what is for tests stays there", map[string]string{"bot/bottest/a.go": "package bottest\nimport \"testing\"", "bot/a.go": "package bot\nimport _ \"pulang/bot/bottest\""}, "bot/a.go:2", "only tests"},
	{"what is for tests stays there", map[string]string{"bot/bottest/a.go": "package bottest\nimport \"testing\"", "bot/bottest/b/b.go": "package b", "bot/a.go": "package bot\nimport _ \"pulang/bot/bottest/b\""}, "bot/a.go:2", "only tests"},
	{"every package is documented", map[string]string{"bot/a.go": "// Package bot is.\npackage bot"}, "bot", "no package comment"},
	{"SQL only in store", map[string]string{"bot/a.go": "package bot\nimport _ \"github.com/jackc/pgx/v5/pgxpool\""}, "bot/a.go:2", "speaks SQL"},
	{"SQL only in store", map[string]string{"bot/a.go": "package bot\nimport _ \"database/sql\""}, "bot/a.go:2", "speaks SQL"},
	{"Redis only in session", map[string]string{"bot/a.go": "package bot\nimport _ \"github.com/redis/go-redis/v9\""}, "bot/a.go:2", "speaks Redis"},
	{"time is an argument in SQL", map[string]string{"internal/store/a.go": "package store\nvar q = `SELECT NOW()`"}, "internal/store/a.go:2", "argument"},
	{"time is an argument in SQL", map[string]string{"internal/store/migrations/0001_a.sql": "CREATE TABLE t (at timestamptz DEFAULT current_timestamp)"}, "internal/store/migrations/0001_a.sql", "argument"},
	{"Reveal only where allowed, and counted", map[string]string{"flows/a.go": "package flows\nvar x = p.Reveal()"}, "flows", "reveals private values 1 times, agreed are 0"},
	{"Reveal only where allowed, and counted", map[string]string{"flows/a.go": "package flows\nvar f = casefile.Private.Reveal"}, "flows", "1 times"},
	{"no init", map[string]string{"bot/a.go": "package bot\nfunc init() {}"}, "bot/a.go:2", "init"},
	{"time is an argument below cmd", map[string]string{"bot/a.go": "package bot\nvar now = time.Now"}, "bot/a.go:2", "clock"},
	{"time is an argument below cmd", map[string]string{"bot/a.go": "package bot\nvar d = time.Since(x)"}, "bot/a.go:2", "clock"},
	{"functions and files stay short", map[string]string{"bot/a.go": "package bot\nfunc f() {" + strings.Repeat("\n", 60) + "}"}, "bot/a.go:2", "bot.f has 61 lines"},
	{"functions and files stay short", map[string]string{"bot/a.go": "package bot" + strings.Repeat("\n", 501)}, "bot/a.go", "501 lines"},
	{"nothing is left for later", map[string]string{"docs/a.md": "fine\nTO" + "DO: more"}, "docs/a.md:2", "do it now"},
	{"nothing is left for later", map[string]string{"bot/a.go": "package bot // FIX" + "ME"}, "bot/a.go:1", "do it now"},
	{"tests are skipped only by -short", map[string]string{"bot/a_test.go": "package bot\nfunc TestA(t *testing.T) {\nif noDatabase() {\nt.Skip() } }"}, "bot/a_test.go:4", "Short"},
	{"no sleeping in tests", map[string]string{"bot/a_test.go": "package bot\nfunc TestA(t *testing.T) {\ntime.Sleep(1) }"}, "bot/a_test.go:3", "signal"},
	{"migrations are numbered and only go forward", map[string]string{"internal/store/migrations/0002_a.sql": "-- +goose Up"}, "internal/store/migrations/0002_a.sql", "expected number 0001"},
	{"migrations are numbered and only go forward", map[string]string{"internal/store/migrations/0001_a.sql": "-- +goose Up\n-- +goose Down"}, "internal/store/migrations/0001_a.sql", "only go forward"},
	{"migrations are numbered and only go forward", map[string]string{"internal/store/migrations/0001_a.sql": "CREATE"}, "internal/store/migrations/0001_a.sql", "no -- +goose Up"},
	{"tests that pages name exist", map[string]string{"docs/a.md": "fine\nis shown by `TestB`", "bot/a_test.go": "package bot\nfunc TestA(t *testing.T) {}"}, "docs/a.md:2", "no such test"},
	{"tests that pages name exist", map[string]string{"docs/a.md": "`FuzzB*`", "bot/a_test.go": "package bot\nfunc FuzzA(f *testing.F) {}"}, "docs/a.md:1", "no such test"},
	{"migrations are numbered and only go forward", map[string]string{"bot/0001_a.sql": "-- +goose Up"}, "bot/0001_a.sql", "lives in"},
}

func TestEachRuleCatchesItsPlantedViolation(t *testing.T) {
	t.Parallel()
	caught := map[string]bool{}
	for _, p := range planted {
		at := slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == p.rule })
		if at < 0 {
			t.Fatalf("there is no rule %q", p.rule)
		}
		if !slices.ContainsFunc(Rules[at].Check(plant(t, p.files)), func(v Violation) bool {
			return v.Where == p.where && strings.Contains(v.Says, p.says)
		}) {
			t.Errorf("%q did not see %v", p.rule, p.files)
		}
		caught[p.rule] = true
	}
	for _, r := range Rules {
		if !caught[r.Name] {
			t.Errorf("no violation is planted for %q", r.Name)
		}
	}
}

func TestExceptionsThatNobodyNeedsAreFound(t *testing.T) {
	t.Parallel()
	tree := plant(t, map[string]string{"bot/a.go": "package bot"})
	if got := unneeded(map[string]string{"bot/a.go": "why"}, nil); len(got) != 1 {
		t.Errorf("an exception without need gave %v", got)
	}
	for dir := range revealed {
		if !slices.ContainsFunc(revealIsCounted(tree), func(v Violation) bool { return v.Where == dir }) {
			t.Errorf("%s stopped revealing and nobody was told", dir)
		}
	}
}

func TestWhatIsAllowedPasses(t *testing.T) {
	t.Parallel()
	tree := plant(t, map[string]string{
		"bot/a.go":                              "package bot\nimport _ \"pulang/internal/store\"",
		"internal/devstack/testbed/a.go":        "package testbed\nimport _ \"testing\"",
		"internal/devstack/testbed/judged/a.go": "package judged\nimport _ \"pulang/internal/devstack/testbed\"",
		"bot/b_test.go":                         "package bot\nimport _ \"pulang/internal/devstack/testbed\"",
		"bot/a_test.go":                         "package bot\nimport _ \"pulang/cmd/pulang\"\nfunc TestA(t *testing.T) { if testing.Short() { t.Skip() } }",
		"internal/casefile/a.go":                "package casefile\nimport _ \"database/sql/driver\"",
		"docs/a.md":                             "`TestA`, `TestA*` and TestB",
		"internal/store/migrations/0001_a.sql":  "-- +goose Up\n-- now() is only spoken of here",
	})
	for _, rule := range []func(*Tree) []Violation{importsPointDown, forTestsStayThere, sqlOnlyInStore, skipOnlyShort, noNowInSQL, migrationsGoForward, namedTestsExist} {
		for _, v := range rule(tree) {
			t.Error(v)
		}
	}
}

func plant(t *testing.T, files map[string]string) *Tree {
	t.Helper()
	root := fstest.MapFS{}
	for name, text := range files {
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	tree, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
