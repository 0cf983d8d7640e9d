package hear

import "pulang/internal/casefile"

// telling is how many words of a language it takes to say that a person now speaks
// it: "thanks", "help me" and "terima kasih" are said in every language.
const telling = 3

// language tells the language of a text by its words, and whether that is faint:
// told by one word or two. One word of another language never makes a text mixed:
// two do, if they are a fifth of it.
func language(words []word) (lang casefile.Lang, faint bool) {
	var id, en int
	for _, w := range words {
		switch w.lang {
		case inIndonesian:
			id++
		case inEnglish:
			en++
		}
	}
	switch {
	case id == 0 && en == 0:
		return casefile.LangUnknown, true
	case id >= 2 && en >= 2 && id*5 >= id+en && en*5 >= id+en:
		return casefile.Mixed, false
	case en > id:
		return casefile.English, en < telling
	}
	return casefile.Indonesian, id < telling
}
