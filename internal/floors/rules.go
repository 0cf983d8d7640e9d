package floors

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// packagesAreDocumented: what it is for, what it promises, what it leaves to
// others. A sentence is too little for that.
func packagesAreDocumented(t *Tree) []Violation {
	const least = 80
	docs := map[string]int{}
	for _, f := range t.code() {
		docs[f.Dir] = max(docs[f.Dir], len(f.Syntax.Doc.Text()))
	}
	var found []Violation
	for _, dir := range slices.Sorted(maps.Keys(docs)) {
		if docs[dir] < least {
			found = append(found, Violation{dir, "has no package comment that says what it is for, what it promises and what it leaves to others"})
		}
	}
	return found
}

var (
	sqlComment = regexp.MustCompile(`--[^\n]*`)
	sqlClock   = regexp.MustCompile(`(?i)\b(now|clock_timestamp|statement_timestamp|transaction_timestamp)\s*\(|\b(current_timestamp|current_date|localtimestamp)\b`)
)

// noNowInSQL looks into the migrations and into every text of the store.
func noNowInSQL(t *Tree) []Violation {
	const says = "SQL asks the clock; hand it the time as an argument"
	var found []Violation
	for _, p := range slices.Sorted(maps.Keys(t.Texts)) {
		if path.Ext(p) == ".sql" && sqlClock.MatchString(sqlComment.ReplaceAllString(t.Texts[p], "")) {
			found = append(found, Violation{p, says})
		}
	}
	for _, f := range t.code() {
		if !inside(f.Dir, "internal/store") {
			continue
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && sqlClock.MatchString(text.Value) {
				found = append(found, Violation{t.at(text), says})
			}
			return true
		})
	}
	return found
}

// revealIsCounted compares how often each package takes the cover off a private
// value with what was agreed.
func revealIsCounted(t *Tree) []Violation {
	count, first := map[string]int{}, map[string]string{}
	for _, f := range t.code() {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && call.Sel.Name == "Reveal" {
				count[f.Dir]++
				if first[f.Dir] == "" {
					first[f.Dir] = t.at(call)
				}
			}
			return true
		})
	}
	for dir := range maps.Keys(revealed) {
		count[dir] += 0 // so that a package which stopped revealing is looked at
	}
	var found []Violation
	for _, dir := range slices.Sorted(maps.Keys(count)) {
		if count[dir] != revealed[dir] {
			found = append(found, Violation{dir, fmt.Sprintf("reveals private values %d times, agreed are %d (first at %s): keep them hidden, or agree on it in internal/floors/exceptions.go",
				count[dir], revealed[dir], first[dir])})
		}
	}
	return found
}

// noInit: what runs before main cannot be tested or ordered.
func noInit(t *Tree) []Violation {
	var found []Violation
	for _, f := range t.code() {
		for _, d := range f.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				found = append(found, Violation{t.at(fn), "init runs unseen; call what is needed from main"})
			}
		}
	}
	return found
}

// noTimeNow: below cmd, time is an argument.
func noTimeNow(t *Tree) []Violation {
	var found []Violation
	needed := map[string]bool{}
	for _, f := range t.code() {
		if inside(f.Dir, "cmd") {
			continue
		}
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.SelectorExpr)
			if !ok || !isTime(call, "Now", "Since", "Until") {
				return true
			}
			if _, ok := mayAskTheClock[f.Path]; ok {
				needed[f.Path] = true
			} else {
				found = append(found, Violation{t.at(call), "asks the clock; take Now func() time.Time as an argument"})
			}
			return true
		})
	}
	return append(found, unneeded(mayAskTheClock, needed)...)
}

// isTime says whether an expression is one of the named things of package time.
func isTime(call *ast.SelectorExpr, names ...string) bool {
	pkg, ok := call.X.(*ast.Ident)
	return ok && pkg.Name == "time" && slices.Contains(names, call.Sel.Name)
}

// unneeded finds exceptions that nothing uses any more.
func unneeded(exceptions map[string]string, needed map[string]bool) []Violation {
	var found []Violation
	for _, name := range slices.Sorted(maps.Keys(exceptions)) {
		if !needed[name] {
			found = append(found, Violation{name, "is listed as an exception in internal/floors/exceptions.go but needs none; take it off the list"})
		}
	}
	return found
}

// The limits. The aim is lower: functions under 40 lines, files under 300.
const (
	longestFunction = 60
	longestFile     = 500
)

// sizes finds functions and files beyond the limits.
func sizes(t *Tree) []Violation {
	var found []Violation
	needed := map[string]bool{}
	judge := func(name, where string, lines, limit int) {
		if lines <= limit {
			return
		}
		if _, ok := mayBeLong[name]; ok {
			needed[name] = true
			return
		}
		found = append(found, Violation{where, fmt.Sprintf("%s has %d lines, the limit is %d: split it", name, lines, limit)})
	}
	for _, f := range t.code() {
		judge(f.Path, f.Path, f.Lines, longestFile)
		for _, d := range f.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				lines := t.set.Position(fn.End()).Line - t.set.Position(fn.Pos()).Line + 1
				judge(f.Dir+"."+fn.Name.Name, t.at(fn), lines, longestFunction)
			}
		}
	}
	return append(found, unneeded(mayBeLong, needed)...)
}

// later are the words of work put off, spelled so that this file is not one.
var later = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|HA` + `CK|XX` + `X)\b`)

// nothingForLater: what is missing is an issue, not a comment.
func nothingForLater(t *Tree) []Violation {
	var found []Violation
	for _, p := range slices.Sorted(maps.Keys(t.Texts)) {
		for i, line := range strings.Split(t.Texts[p], "\n") {
			if word := later.FindString(line); word != "" {
				found = append(found, Violation{fmt.Sprintf("%s:%d", p, i+1), "says " + word + ": do it now, or leave it to an issue"})
			}
		}
	}
	return found
}

// skipOnlyShort: a test that is not run is a test that does not exist.
func skipOnlyShort(t *Tree) []Violation {
	var found []Violation
	for _, f := range t.tests() {
		var allowed []ast.Node // the bodies of `if testing.Short() {}`
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IfStmt:
				if callsShort(n.Cond) {
					allowed = append(allowed, n.Body)
				}
			case *ast.CallExpr:
				if !skips(n) {
					break
				}
				covered := slices.ContainsFunc(allowed, func(a ast.Node) bool { return a.Pos() <= n.Pos() && n.End() <= a.End() })
				if !covered {
					found = append(found, Violation{t.at(n), "skips a test; only `if testing.Short()` may, and what is missing must fail"})
				}
			}
			return true
		})
	}
	return found
}

// skips says whether a call is t.Skip, or one of its kind.
func skips(call *ast.CallExpr) bool {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, fn.Sel.Name) {
		return false
	}
	test, ok := fn.X.(*ast.Ident)
	return ok && slices.Contains([]string{"t", "b", "f", "tb"}, test.Name)
}

// callsShort says whether a condition is testing.Short() alone.
func callsShort(cond ast.Expr) bool {
	call, ok := cond.(*ast.CallExpr)
	if !ok {
		return false
	}
	fn, ok := call.Fun.(*ast.SelectorExpr)
	return ok && fn.Sel.Name == "Short"
}

// noSleepInTests: wait on a signal, not on time.
func noSleepInTests(t *Tree) []Violation {
	var found []Violation
	for _, f := range t.tests() {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && isTime(call, "Sleep") {
				found = append(found, Violation{t.at(call), "sleeps; wait on a signal instead"})
			}
			return true
		})
	}
	return found
}

var migrationName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)

// migrationsGoForward: the previous binary must run on the new schema, so there
// is nothing to go back to.
func migrationsGoForward(t *Tree) []Violation {
	var found []Violation
	next := 1
	for _, p := range slices.Sorted(maps.Keys(t.Texts)) {
		if path.Ext(p) != ".sql" {
			continue
		}
		name := migrationName.FindStringSubmatch(path.Base(p))
		switch {
		case path.Dir(p) != "internal/store/migrations":
			found = append(found, Violation{p, "SQL lives in internal/store/migrations"})
		case name == nil || name[1] != fmt.Sprintf("%04d", next):
			found = append(found, Violation{p, fmt.Sprintf("migrations are named 0001_words.sql without a gap; expected number %04d", next)})
		case !strings.Contains(t.Texts[p], "-- +goose Up"):
			found = append(found, Violation{p, "has no -- +goose Up"})
		case strings.Contains(t.Texts[p], "-- +goose Down"):
			found = append(found, Violation{p, "goes back; migrations only go forward"})
		}
		next++
	}
	return found
}
