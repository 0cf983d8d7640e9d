package cases

import (
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
		v.Lane.Address = casefile.Private{}
	}
	shown := me.MaySee(access.FieldDigits, v.Pressed) && me.MaySee(access.FieldNames, v.Pressed)
	exact := me.MaySee(access.FieldExact, v.Pressed)
	for i := range v.Messages {
		m := &v.Messages[i]
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
	for i, f := range v.Facts {
		v.Facts[i].Phrase = f.Phrase.Covered()
		if !inWords[f.Key] {
			v.Facts[i].Value = f.Value.Covered()
		}
	}
}
