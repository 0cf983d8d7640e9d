package console

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"pulang/internal/casefile"
	"pulang/internal/cases"
	"pulang/internal/store"
)

// draft keeps what is being typed. The answer has no body: nothing reads it.
func (c *console) draft(v *visit) error {
	typed, err := draftsOf(v)
	if err != nil {
		return err
	}
	reply, _ := casefile.ParseID(v.r.PostFormValue("id")) // a note has none
	in, err := conversationOf(v)
	if err != nil {
		return err
	}
	err = c.Cases.Draft(v.ctx(), v.staff.Staff, v.r.PathValue("ref"), cases.Typed{In: in, Reply: reply, Texts: typed})
	var refused *cases.Refused
	switch {
	case errors.As(err, &refused):
		v.w.WriteHeader(http.StatusConflict)
		return nil
	case err != nil:
		return err
	}
	v.w.WriteHeader(http.StatusNoContent)
	return nil
}

// draftsOf is what a form holds that its writer would not want to write again. The
// address names the form; that of the reply, or of a note, needs no name.
func draftsOf(v *visit) (map[store.DraftKind]string, error) {
	typed := map[store.DraftKind]string{}
	if name := v.r.URL.Query().Get("form"); name != "" {
		form, known := cases.FormOf(name)
		if !known {
			return nil, errBadForm
		}
		typed[form] = saidIn(v, name)
		return typed, nil
	}
	for field, kind := range map[string]store.DraftKind{"text": store.ReplyDraft, "note": store.NoteDraft} {
		if values, there := v.r.PostForm[field]; there {
			typed[kind] = values[0]
		}
	}
	if _, there := v.r.PostForm["reason"]; there {
		typed[cases.FormOverride] = saidIn(v, string(cases.FormOverride))
	}
	return typed, nil
}

// saidIn is a form as it is kept: its fields by their names. Empty when nothing was
// written, whatever was chosen.
func saidIn(v *visit, name string) string {
	fields := texts
	if name == string(cases.FormOverride) {
		fields = []string{"reason"} // the words are the reply's draft
	}
	if !slices.ContainsFunc(fields, func(field string) bool { return strings.TrimSpace(v.r.PostFormValue(field)) != "" }) {
		return ""
	}
	said := wrote(v, name).Said
	if name == string(cases.FormOverride) {
		delete(said, "text")
	}
	plain, _ := json.Marshal(said) // texts by name are always JSON
	return string(plain)
}

// keptIn are the forms that were kept. What does not read is left out.
func keptIn(forms map[store.DraftKind]casefile.Private) map[string]map[string]string {
	kept := map[string]map[string]string{}
	for form, text := range forms {
		said := map[string]string{}
		if json.Unmarshal([]byte(text.Reveal()), &said) == nil {
			kept[string(form)] = said
		}
	}
	return kept
}
