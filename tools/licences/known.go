package main

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

// allowed are the licences under which a module may be used here: those that ask
// for a notice, and MPL-2.0, whose terms stay with its own files.
var allowed = []string{"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC", "MIT", "MPL-2.0", "Unlicense"}

// judge names the licence of a text, and says why it is refused. All of the text
// must be explained: a known licence with a sentence more is another licence.
func judge(text []byte) (licence, wrong string) {
	licence = name(text)
	switch {
	case licence == "":
		return "", "its text is no licence that is known here"
	case !slices.Contains(allowed, licence):
		return licence, "is not on the list of licences that may be used"
	}
	return licence, ""
}

func name(text []byte) string {
	words := normal(string(text))
	for _, k := range wordings {
		if k.shape.MatchString(words) {
			return k.licence
		}
	}
	if licence, ok := long[digest(body(words))]; ok {
		return licence
	}
	for _, k := range copyleft {
		if strings.HasPrefix(words, k.begins) || strings.Contains(words[:min(len(words), 400)], k.begins) {
			return k.licence
		}
	}
	return decided[digest(words)].licence
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// normal is a text as its words alone, in small letters, one space between them:
// licences are copied with other line breaks, quotes and comment signs.
func normal(text string) string {
	return strings.TrimSpace(notWord.ReplaceAllString(strings.ToLower(text), " "))
}

func digest(words string) string {
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:])
}

// body is the part of a long licence that everybody copies unchanged: what comes
// after its end, Apache's appendix with its blanks, is filled in differently.
func body(words string) string {
	const apacheEnd = "end of terms and conditions"
	if at := strings.Index(words, apacheEnd); at >= 0 && harmlessAfterApache.MatchString(words[at:]) {
		return words[:at+len(apacheEnd)]
	}
	return words
}

// harmlessAfterApache is the appendix, or the notice it asks for, and nothing more.
var harmlessAfterApache = regexp.MustCompile(`^end of terms and conditions(?: appendix how to apply the apache license to your work to apply the apache license to your work attach the following boilerplate notice with the fields enclosed by brackets replaced with your own identifying information don t include the brackets the text should be enclosed in the appropriate comment syntax for the file format we also recommend that a file or class name and description of purpose be included on the same printed page as the copyright notice for easier identification within third party archives)?` +
	`(?: copyright [a-z0-9 ]{1,80}?)?(?: licensed under the apache license version 2 0 the license you may not use this file except in compliance with the license you may obtain a copy of the license at https? www apache org licenses license 2 0 unless required by applicable law or agreed to in writing software distributed under the license is distributed on an as is basis without warranties or conditions of any kind either express or implied see the license for the specific language governing permissions and limitations under the license)?$`)

// long are licences of many pages, by the digest of their words.
var long = map[string]string{
	"f45538b138cf9aea39fa205de037a0bede8305e68281650e7ab809a8b3ebb2f0": "Apache-2.0",
	"9eab7902f21bef0326dee4ed0cae1402c781cbf1f8e3dbeed6fbe176d641bb13": "MPL-2.0",
	"f82071285728ca3ec7685ee9bc4acdae0b8267142a4d20b8f1805eabedb4a98a": "MPL-2.0", // with http for https in its last link
	"49c4b5f901753d762b9786489c8c7f6393ade3650dbbefc34ddcbba7cf7a1f5e": "MPL-2.0", // HashiCorp's name before it
	"7a4d92cdb11d254973a073803be1148a5402f1b2ca67808cdb3ef78b596102cd": "Unlicense",
}

// copyleft are licences whose terms would reach the whole program, by how they
// begin. They are named only to say which one was found.
var copyleft = []struct{ licence, begins string }{
	{"AGPL-3.0", "gnu affero general public license"},
	{"LGPL", "gnu lesser general public license"},
	{"GPL", "gnu general public license"},
	{"SSPL-1.0", "server side public license"},
	{"BUSL-1.1", "business source license"},
	{"EUPL", "european union public licence"},
	{"CC-BY-SA", "attribution sharealike"},
}

// head is what may stand before a short licence: its title and who holds the
// rights, in no more than a few lines and without further terms.
const head = `^(?:(?:the )?(?:mit|isc|bsd 2 clause|bsd 3 clause|bsd|new bsd|simplified bsd|modified bsd|zero clause bsd|3 clause bsd|2 clause bsd)(?: license| licence)?(?: mit| isc)? )?` +
	`(?:[a-z0-9 ]{0,60}copyright [a-z0-9 ]{1,300}? )?`

const holder = `[a-z0-9 ]{1,120}?`

// wordings are the short licences, whole.
var wordings = []struct {
	licence string
	shape   *regexp.Regexp
}{
	{"MIT", short(`permission is hereby granted free of charge to any person obtaining a copy of this software and associated documentation files the software to deal in the software without restriction including without limitation the rights to use copy modify merge publish distribute sublicense and or sell copies of the software and to permit persons to whom the software is furnished to do so subject to the following conditions the above copyright notice and this permission notice shall be included in all copies or substantial portions of the software the software is provided as is without warranty of any kind express or implied including but not limited to the warranties of merchantability fitness for a particular purpose and noninfringement in no event shall the (?:authors or copyright holders|` + holder + `) be liable for any claim damages or other liability whether in an action of contract tort or otherwise arising from out of or in connection with the software or the use or other dealings in the software`)},
	{"ISC", short(`permission to use copy modify and (?:or )?distribute this software for any purpose with or without fee is hereby granted provided that the above copyright notice and this permission notice appear in all copies the software is provided as is and the author disclaims all warranties with regard to this software including all implied warranties of merchantability and fitness in no event shall the author be liable for any special direct indirect or consequential damages or any damages whatsoever resulting from loss of use data or profits whether in an action of contract negligence or other tortious action arising out of or in connection with the use or performance of this software`)},
	{"BSD-2-Clause", short(bsdStart + bsdEnd)},
	{"BSD-3-Clause", short(bsdStart + bsdThird + bsdEnd)},
}

const (
	bsdStart = `redistribution and use in source and binary forms with or without modification are permitted provided that the following conditions are met (?:1 )?redistributions of source code must retain the above copyright notice this list of conditions and the following disclaimer (?:2 )?redistributions in binary form must reproduce the above copyright notice this list of conditions and the following disclaimer in the documentation and or other materials provided with the distribution `
	bsdThird = `(?:3 )?neither the names? of ` + holder + ` nor the names of its contributors may be used to endorse or promote products derived from this software without specific prior written permission `
	bsdEnd   = `this software is provided by ` + holder + ` as is and any express or implied warranties including but not limited to the implied warranties of merchantability and fitness for a particular purpose are disclaimed in no event shall ` + holder + ` be liable for any direct indirect incidental special exemplary or consequential damages including but not limited to procurement of substitute goods or services loss of use data or profits or business interruption however caused and on any theory of liability whether in contract strict liability or tort including negligence or otherwise arising in any way out of the use of this software even if advised of the possibility of such damage`
)

func short(body string) *regexp.Regexp { return regexp.MustCompile(head + body + `$`) }
