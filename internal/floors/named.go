package floors

import (
	"fmt"
	"go/ast"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// testName is a test as a page names it. A name that ends in a star stands for
// every test that begins so.
var testName = regexp.MustCompile("`((?:Test|Fuzz|Benchmark)[A-Z][A-Za-z0-9_]*\\*?)`")

// namedTestsExist: a page that promises something with a test is believed, so the
// test must be there under that name.
func namedTestsExist(t *Tree) []Violation {
	tests := map[string]bool{}
	for _, f := range t.tests() {
		for _, d := range f.Syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				tests[fn.Name.Name] = true
			}
		}
	}
	var found []Violation
	for _, p := range slices.Sorted(maps.Keys(t.Texts)) {
		if path.Ext(p) != ".md" {
			continue
		}
		for i, line := range strings.Split(t.Texts[p], "\n") {
			for _, name := range testName.FindAllStringSubmatch(line, -1) {
				if !isTest(tests, name[1]) {
					found = append(found, Violation{fmt.Sprintf("%s:%d", p, i+1), "names " + name[1] + ", and there is no such test: name the one there is, or write it"})
				}
			}
		}
	}
	return found
}

func isTest(tests map[string]bool, name string) bool {
	start, many := strings.CutSuffix(name, "*")
	if !many {
		return tests[name]
	}
	for test := range tests {
		if strings.HasPrefix(test, start) {
			return true
		}
	}
	return false
}
