// Package floors holds the house rules, as code that reads the code: which
// package may import which, where SQL, Redis and private values may be touched,
// how long a function may be.
//
// It promises that every rule was seen to catch a violation (each has a planted
// one in its tests), that every exception is listed in exceptions.go with its
// reason, and that an exception nobody needs any more fails too. It reads files
// only; formatting, vetting and behaviour are left to other tools and tests.
package floors

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Module is the name of this module, the first element of our own import paths.
const Module = "pulang"

// Violation is one place where a rule is broken.
type Violation struct {
	Where string // path and, in a Go file, the line
	Says  string // what is wrong, and what to do
}

// String is the violation as one line.
func (v Violation) String() string { return v.Where + ": " + v.Says }

// Rule is one house rule.
type Rule struct {
	Name  string
	Check func(*Tree) []Violation
}

// Rules are all house rules.
var Rules = []Rule{
	{"imports point strictly down", importsPointDown},
	{"what is for tests stays there", forTestsStayThere},
	{"every package is documented", packagesAreDocumented},
	{"SQL only in store", sqlOnlyInStore},
	{"Redis only in session", redisOnlyInSession},
	{"time is an argument in SQL", noNowInSQL},
	{"Reveal only where allowed, and counted", revealIsCounted},
	{"no init", noInit},
	{"time is an argument below cmd", noTimeNow},
	{"functions and files stay short", sizes},
	{"nothing is left for later", nothingForLater},
	{"tests are skipped only by -short", skipOnlyShort},
	{"no sleeping in tests", noSleepInTests},
	{"migrations are numbered and only go forward", migrationsGoForward},
	{"tests that pages name exist", namedTestsExist},
}

// Tree is the source, read once.
type Tree struct {
	Go    []*File           // every Go file
	Texts map[string]string // every text file that people wrote, Go included, by path
	set   *token.FileSet
}

// File is one parsed Go file.
type File struct {
	Path   string
	Dir    string // the package's path inside the module
	Test   bool
	Lines  int
	Syntax *ast.File
}

// textual are the endings of files that people write.
var textual = []string{".go", ".sql", ".md", ".toml", ".css", ".js", ".html", ".sh", ".yaml", ".yml"}

// Read reads a source tree.
func Read(root fs.FS) (*Tree, error) {
	t := &Tree{Texts: map[string]string{}, set: token.NewFileSet()}
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "bin"):
			return fs.SkipDir
		case d.IsDir() || !slices.Contains(textual, path.Ext(p)):
			return nil
		}
		return t.add(root, p)
	})
	return t, err
}

func (t *Tree) add(root fs.FS, p string) error {
	data, err := fs.ReadFile(root, p)
	if err != nil {
		return err
	}
	t.Texts[p] = string(data)
	if path.Ext(p) != ".go" || strings.Contains(p, "testdata/") {
		return nil
	}
	syntax, err := parser.ParseFile(t.set, p, data, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("read %s: %w", p, err)
	}
	t.Go = append(t.Go, &File{
		Path: p, Dir: path.Dir(p), Test: strings.HasSuffix(p, "_test.go"),
		Lines: strings.Count(string(data), "\n"), Syntax: syntax,
	})
	return nil
}

// at is the place of a node.
func (t *Tree) at(n ast.Node) string {
	p := t.set.Position(n.Pos())
	return p.Filename + ":" + strconv.Itoa(p.Line)
}

// imports calls f for every import of a file.
func (f *File) imports(each func(spec *ast.ImportSpec, path string)) {
	for _, spec := range f.Syntax.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			each(spec, p)
		}
	}
}

// inside says whether a package is dir or below it.
func inside(pkg, dir string) bool { return pkg == dir || strings.HasPrefix(pkg, dir+"/") }

// code is every Go file that is not a test.
func (t *Tree) code() []*File {
	return slices.DeleteFunc(slices.Clone(t.Go), func(f *File) bool { return f.Test })
}

// tests is every Go file that is a test.
func (t *Tree) tests() []*File {
	return slices.DeleteFunc(slices.Clone(t.Go), func(f *File) bool { return !f.Test })
}
