package hear

import "pulang/internal/casefile"

// language tells the language of a text by its words. One word of another
// language never makes a text mixed: two do, if they are a fifth of it.
func language(words []word) casefile.Lang {
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
		return casefile.LangUnknown
	case id >= 2 && en >= 2 && id*5 >= id+en && en*5 >= id+en:
		return casefile.Mixed
	case en > id:
		return casefile.English
	}
	return casefile.Indonesian
}
