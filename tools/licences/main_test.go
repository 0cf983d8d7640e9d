package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const mit = `The MIT License (MIT)

Copyright (c) 2016 Some Body <some@body.example>

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`

func TestATextIsJudgedByAllOfItsWords(t *testing.T) {
	t.Parallel()
	own, err := os.ReadFile("../../LICENSE") // Apache 2.0
	if err != nil {
		t.Fatal(err)
	}
	apache := string(own)
	for what, one := range map[string]struct{ text, licence, wrong string }{
		"MIT":                        {mit, "MIT", ""},
		"MIT, wrapped otherwise":     {strings.ReplaceAll(mit, "\n", "\n * "), "MIT", ""},
		"MIT and one condition more": {mit + "\nThe Software shall not be sold.", "", "no licence that is known"},
		"MIT without a condition":    {strings.Replace(mit, "The above copyright notice", "The notice", 1), "", "no licence that is known"},
		"Apache":                     {apache, "Apache-2.0", ""},
		"Apache, one word changed":   {strings.Replace(apache, "irrevocable", "revocable", 1), "", "no licence that is known"},
		"Apache with a short rider":  {apache + "\nNot for sale.", "", "no licence that is known"},
		"Apache with a rider":        {apache + "\nCommons Clause: the License does not grant the right to Sell.", "", "no licence that is known"},
		"GPL":                        {"GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n", "GPL", "not on the list"},
		"AGPL":                       {"GNU AFFERO GENERAL PUBLIC LICENSE\nVersion 3\n", "AGPL-3.0", "not on the list"},
		"nothing":                    {"", "", "no licence that is known"},
		"proprietary":                {"All rights reserved. Ask us.", "", "no licence that is known"},
	} {
		if licence, wrong := judge([]byte(one.text)); licence != one.licence || !strings.Contains(wrong, one.wrong) || (one.wrong == "") != (wrong == "") {
			t.Errorf("%s: judged as %q (%q), want %q (%q)", what, licence, wrong, one.licence, one.wrong)
		}
	}
}

func TestEveryFolderBetweenAPackageAndItsModuleIsLookedAt(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{"LICENSE": mit, "a/COPYING.md": "GNU GENERAL PUBLIC LICENSE", "a/b/b.go": "package b", "c/LICENSE": "secret", "a/license.go": "package a"} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	one := used{Dir: filepath.Join(root, "a", "b")}
	one.Module = &struct {
		Path, Version, Dir string
		Main               bool
	}{"m", "v1", root, false}
	found, err := look([]used{one, one})
	want := []finding{{"m@v1", "LICENSE", "MIT", ""}, {"m@v1", "a/COPYING.md", "GPL", "is not on the list of licences that may be used"}}
	if err != nil || !slices.Equal(found, want) {
		t.Errorf("found %+v (%v), want %+v", found, err, want)
	}
	bare := used{Dir: t.TempDir()}
	bare.Module = one.Module
	bare.Module.Dir = bare.Dir
	if found, err := look([]used{bare}); err != nil || len(found) != 1 || !strings.Contains(found[0].Wrong, "no licence file") {
		t.Errorf("a module without a licence gave %+v (%v)", found, err)
	}
}

func TestNoModuleAtAllIsNoPass(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run([]string{"os"}, &out); err == nil { // nothing but the standard library
		t.Errorf("no module at all passes: %s", out.String())
	}
}

func TestEveryDecisionIsExplained(t *testing.T) {
	t.Parallel()
	for digest, d := range decided {
		if len(digest) != 64 || d.why == "" || !slices.Contains(allowed, d.licence) {
			t.Errorf("decided.go: %s is %+v", digest, d)
		}
	}
	for digest, licence := range long {
		if len(digest) != 64 || !slices.Contains(allowed, licence) {
			t.Errorf("known.go: %s is %q", digest, licence)
		}
	}
}
