// Command licences says under which licence each module is that the program or its
// tests are built from, and fails when one may not be used.
//
//	licences [PACKAGE...]      in the folder of a module; ./... without arguments
//
// It promises that nothing passes because it looked familiar: a licence file counts
// only when all of its words are those of a licence on the list (known.go), or when
// a person decided on exactly this text (decided.go). A module without a licence
// file, a text it does not know, and a licence that is not on the list all fail. It
// looks at every folder between a package that is used and the root of its module,
// because a vendored part may come under terms of its own.
// It leaves to people what a licence asks for in return.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

// run prints one line for each licence file, and fails when one is refused.
func run(packages []string, out io.Writer) error {
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	used, err := list(packages)
	if err != nil {
		return err
	}
	found, err := look(used)
	if err != nil {
		return err
	}
	refused := 0
	for _, f := range found {
		verdict := "ok     "
		if f.Wrong != "" {
			verdict = "REFUSED"
			refused++
		}
		_, _ = fmt.Fprintf(out, "%s %-13s %s %s %s\n", verdict, cmp.Or(f.Licence, "?"), f.Module, f.File, f.Wrong)
	}
	switch {
	case refused > 0:
		return fmt.Errorf("%d of %d licences are refused: use another module, or decide on the text in tools/licences/decided.go", refused, len(found))
	case len(found) == 0:
		return errors.New("no module was found: this is not the folder of a module, or its modules are not downloaded")
	}
	return nil
}

// used is one package that something is built from.
type used struct {
	Dir    string
	Module *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// list asks the go command for every package that the given ones are built from,
// their tests included.
func list(packages []string) ([]used, error) {
	cmd := exec.Command("go", append([]string{"list", "-deps", "-test", "-json=Dir,Module"}, packages...)...) // #nosec G204 -- our own arguments
	var said bytes.Buffer
	cmd.Stderr = &said
	data, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, said.String())
	}
	var all []used
	for in := json.NewDecoder(bytes.NewReader(data)); ; {
		var one used
		if err := in.Decode(&one); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		if one.Module != nil && !one.Module.Main && one.Module.Dir != "" {
			all = append(all, one)
		}
	}
}

// finding is one licence file of one module.
type finding struct {
	Module, File string
	Licence      string // by its SPDX name; empty: unknown
	Wrong        string // why it is refused; empty: it is not
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|unlicense)([.-].*)?$`)

// look reads the licence files of what is used, each once.
func look(all []used) ([]finding, error) {
	var found []finding
	seen, licensed := map[string]bool{}, map[string]bool{}
	modules := map[string]string{}
	for _, one := range all {
		root := one.Module.Dir
		name := one.Module.Path + "@" + one.Module.Version
		modules[root] = name
		for dir := one.Dir; strings.HasPrefix(dir, root) && !seen[dir]; dir = filepath.Dir(dir) {
			seen[dir] = true
			here, err := inFolder(dir, root, name)
			if err != nil {
				return nil, err
			}
			for _, f := range here {
				licensed[root] = licensed[root] || !strings.ContainsRune(f.File, filepath.Separator)
			}
			found = append(found, here...)
		}
	}
	for root, name := range modules {
		if !licensed[root] {
			found = append(found, finding{Module: name, File: "-", Wrong: "has no licence file: nobody may use it"})
		}
	}
	slices.SortFunc(found, func(a, b finding) int { return cmp.Or(cmp.Compare(a.Module, b.Module), cmp.Compare(a.File, b.File)) })
	return found, nil
}

func inFolder(dir, root, module string) ([]finding, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", module, err)
	}
	var found []finding
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		text, err := os.ReadFile(path) // #nosec G304 -- a file of the module cache
		if err != nil {
			return nil, fmt.Errorf("read a licence of %s: %w", module, err)
		}
		short, err := filepath.Rel(root, path)
		if err != nil {
			return nil, err
		}
		licence, wrong := judge(text)
		found = append(found, finding{Module: module, File: short, Licence: licence, Wrong: wrong})
	}
	return found, nil
}
