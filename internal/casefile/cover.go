package casefile

import "regexp"

// cover stands in place of what is covered. It does not tell how long that was.
const cover = "•••••••"

// found are what finds a person in a text, besides their address: digits that may be
// a number (seven or more, also in groups and in other scripts), points on a map,
// user names, mail addresses, links to a chat or a map.
var found = regexp.MustCompile(`[\p{L}\p{Nd}._%+-]+@[\p{L}\p{Nd}-]+\.[\p{L}\p{Nd}.-]+` +
	`|(?i:\b(?:https?://)?(?:www\.)?(?:t|wa|telegram|m|ig|line)\.me/)\S+` +
	`|(?i:\b(?:https?://)?(?:maps\.app\.goo\.gl|goo\.gl/maps|maps\.google\.|(?:www\.)?google\.[a-z.]+/maps|plus\.codes/))\S*` +
	`|@\p{L}[\p{L}\p{Nd}_.]{3,}` +
	`|-?\p{Nd}{1,3}\.\p{Nd}{3,}[ ]*[,;][ ]*-?\p{Nd}{1,3}\.\p{Nd}{3,}` +
	`|\+?\p{Nd}(?:[ .\-()/]{0,3}\p{Nd}){6,}`)

// called are the words before a name, and the name: one word, and those after it that
// begin with a capital.
var called = regexp.MustCompile(`((?i:` + lead + `))` + `\p{L}[\p{L}'’.-]*(?:[ ]+\p{Lu}[\p{L}'’.-]*){0,3}`)

// lead is how a name is announced: "namaku", "nama lengkap saya", "nama adik saya",
// "her name is", "nama:".
const lead = `\b(?:(?:nama|nma|nm)(?:ku|nya|q)` +
	`|(?:nama|nma|nm)(?: (?:lengkap|asli|panggilan))? (?:saya|sy|aku|ak|gue|gw|gua|kami|dia|beliau|korban|anak|adik|kakak|suami|istri|ibu|bapak|ayah|teman)(?:nya|ku| saya| aku)?` +
	`|(?:my|his|her) (?:full |real )?name(?: is|'s))(?: (?:adalah|itu|yaitu|ialah))?[ ]*[:=]?[ ]+` +
	`|\b(?:nama|name)(?: (?:lengkap|full))?[ ]*[:=][ ]*`

// Covered is the text with everything in it covered that finds a person: numbers,
// names as people tell them, points on a map, user names, mail addresses, links to a
// chat. It is what staff read before they press; see access.Fields.
func (p Private) Covered() Private {
	text := called.ReplaceAllString(p.Reveal(), "${1}"+cover)
	return Hide(found.ReplaceAllString(text, cover))
}

// Cover is the whole text covered: of a name nothing is read before the press. The
// empty text stays empty.
func (p Private) Cover() Private {
	if p.IsEmpty() {
		return p
	}
	return Hide(cover)
}
