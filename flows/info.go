package flows

import "pulang/internal/casefile"

// The conversation with somebody asking about an offer before leaving: two
// questions, then what the signs mean, and a person for whoever wants one.
var info = with(
	node{key: casefile.Departure, flow: casefile.FlowInfo, mask: "disguised.departure", masked: 4, short: true},
	phone(isWatched, "the phone may be watched"),
	node{key: casefile.OfferSigns, flow: casefile.FlowInfo, short: true},
)

// explained says which text explains which sign of a false offer.
var explained = []struct{ sign, text string }{
	{"tourist_visa", "info.about_tourist_visa"},
	{"no_contract", "info.about_no_contract"},
	{"cost_as_debt", "info.about_cost_as_debt"},
	{"passport_with_agent", "info.about_passport_with_agent"},
}

// answers are the texts that answer an enquiry. Where each text costs, one text
// names all the signs.
func answers(facts casefile.Facts, short bool) []string {
	var texts []string
	if facts.Has(casefile.Departure, "on_the_way") {
		texts = append(texts, "info.on_the_way")
	}
	found := len(texts)
	for _, e := range explained {
		if facts.Has(casefile.OfferSigns, e.sign) {
			texts = append(texts, e.text)
		}
	}
	switch {
	case len(texts) == found:
		return append(texts, "info.about_none")
	case short:
		return append(texts[:found], "info.signs")
	}
	return texts
}
