package access

import "slices"

// Field is one part of a case that is not simply read with it.
type Field string

// The fields.
const (
	FieldAddress Field = "address"     // the number or chat id
	FieldNames   Field = "names"       // what somebody says their name is, and where else they are found
	FieldDigits  Field = "digits"      // seven digits or more in what was said or noted
	FieldExact   Field = "exact_place" // coordinates, and a place or contact that was shared
	FieldPicture Field = "pictures"    // pictures that were sent
	FieldMedia   Field = "media"       // where a provider keeps what was sent
)

// FieldRow is one line of the table of fields.
type FieldRow struct {
	Field   Field
	Need    Permission // empty: nobody's, it is not shown
	Covered bool       // until the press, which is recorded and holds for one page
	Says    string
	Why     string
}

// Fields is which parts of a case stay covered. What is not on it is read with the
// case.
var Fields = []FieldRow{
	{FieldAddress, RevealIdentity, true, "the number or chat id", "it finds the person, and is seldom needed to help"},
	{FieldNames, RevealIdentity, true, "names people tell, user names, mail addresses and links to a chat, in messages, facts and notes", "a screen is seen by more people than its owner"},
	{FieldDigits, RevealIdentity, true, "seven digits or more in messages, facts and notes", "phone, passport and account numbers look like that"},
	{FieldExact, RevealIdentity, true, "coordinates, a shared place, a shared contact", "the name of a place is read with the case; the exact spot is for those who go there"},
	{FieldPicture, SeeMedia, true, "pictures that were sent: blurred until pressed, then a copy without what the camera wrote; never where the report tells of sexual violence", "an injury or a passport is seldom needed to help, and hard to forget"},
	{FieldMedia, "", false, "references of photos, voices and files at the provider", "whoever holds one may fetch the file"},
}

// Covered reports whether a field is covered until the press.
func Covered(f Field) bool {
	i := slices.IndexFunc(Fields, func(r FieldRow) bool { return r.Field == f })
	return i < 0 || Fields[i].Covered || Fields[i].Need == ""
}

// MaySee reports whether a member of staff may see a field, once they pressed or
// before.
func (s Staff) MaySee(f Field, pressed bool) bool {
	i := slices.IndexFunc(Fields, func(r FieldRow) bool { return r.Field == f })
	return i >= 0 && Fields[i].Need != "" && s.May(Fields[i].Need) && (pressed || !Fields[i].Covered)
}
