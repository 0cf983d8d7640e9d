package cases

import (
	"slices"

	"pulang/internal/access"
	"pulang/internal/casefile"
	"pulang/internal/store"
)

// inWords are what was learned in words of the person, of which a number is no secret:
// a time, a count.
var inWords = map[casefile.Key]bool{casefile.DeadlineAt: true, casefile.Count: true}

// cover takes out of a view what this member of staff does not see of it now. The
// page never holds more than it shows.
func (v *View) cover(me access.Staff) {
	if !me.MaySee(access.FieldAddress, v.Pressed) {
		v.Lane.Address, v.Shown.Address = casefile.Private{}, casefile.Private{}
		for i := range v.Conversations {
			v.Conversations[i].Address = casefile.Private{}
		}
	}
	for i := range v.Recent {
		v.Recent[i].cover(me)
	}
	shown := me.MaySee(access.FieldDigits, v.Pressed) && me.MaySee(access.FieldNames, v.Pressed)
	exact := me.MaySee(access.FieldExact, v.Pressed)
	for _, m := range slices.Concat(pointers(v.Messages), pointers(v.Edits)) {
		if m.Kind != casefile.KindLocation && m.Kind != casefile.KindContact || !exact {
			m.Media = casefile.Private{} // where a provider keeps a file is nobody's to see
		}
		// What no turn has read may name their agency, and nobody has heard it yet.
		if me.Agency != access.Own && m.State != store.Taken {
			m.Text, m.Media = casefile.Private{}, casefile.Private{}
		}
		if !shown || !exact {
			m.Text = m.Text.Covered()
		}
	}
	if shown && exact {
		return
	}
	v.Answering.cover()
	for i := range v.Pressure {
		v.Pressure[i].Words = v.Pressure[i].Words.Covered()
	}
	for i := range v.Letters {
		v.Letters[i].Body = v.Letters[i].Body.Covered()
	}
	for i := range v.Notes {
		v.Notes[i].Text = v.Notes[i].Text.Covered()
	}
	for i := range v.Walls {
		v.Walls[i].Reason = v.Walls[i].Reason.Covered()
	}
	for i := range v.Glass {
		v.Glass[i].Reason = v.Glass[i].Reason.Covered()
	}
	coverFacts(v.Facts)
	coverFacts(v.Judged)
}

func coverFacts(facts casefile.Facts) {
	for i, f := range facts {
		facts[i].Phrase = f.Phrase.Covered()
		if !inWords[f.Key] {
			facts[i].Value = f.Value.Covered()
		}
	}
}

func pointers[T any](list []T) []*T {
	out := make([]*T, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
