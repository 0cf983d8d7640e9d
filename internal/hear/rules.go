package hear

import "pulang/internal/casefile"

// weight is how much a rule says by itself.
type weight int

const (
	hint   weight = 1 // danger only together with another hint of another meaning
	plain  weight = 2 // danger
	always weight = 3 // danger, whatever films, jokes or the past are around it
)

// rule is one way people tell of danger. Rules are read by protection officers:
// the pattern is in concepts (see pattern), whose words stand in the lexicons.
type rule struct {
	kind   casefile.DangerKind
	policy string // the rule of escalation it supports
	weight weight
	when   string // the pattern
	unless string // concepts that, in the same sentence, mean something else
	facts  string // what it means, as "key=value key=value"
	firm   bool   // a "not" before it does not undo it: it has its own
}

// dangerRules is every way we know. Order does not matter.
var dangerRules = []rule{
	// Shut in by somebody.
	{casefile.Confinement, "C3", plain, "confine", "household weather animal", "freedom=locked", false},
	{casefile.Confinement, "C3", plain, "kidnap", "animal", "freedom=locked", false},
	{casefile.Confinement, "C3", plain, "captor > lock > me|us|kin|friend|people|they", "household", "freedom=locked", false},
	{casefile.Confinement, "C3", plain, "captor > lock|held > door|phone > me|us", "", "freedom=locked", false},
	{casefile.Confinement, "C3", plain, "door & shut", "household", "freedom=locked", false},
	{casefile.Confinement, "C3", plain, "door > guards|weapon", "", "freedom=locked", false},
	{casefile.Confinement, "C3", plain, "guards & weapon", "fiction", "freedom=locked", false},
	{casefile.Confinement, "C3", hint, "guard|guards", "household", "freedom=locked", false},
	{casefile.Confinement, "C3", plain, "guard & daily|outside|weapon", "animal", "freedom=locked", false},
	{casefile.Confinement, "C3", hint, "barbed", "", "freedom=locked", false},
	{casefile.Confinement, "H1", plain, "not > may > outside", "household", "freedom=locked", true},
	{casefile.Confinement, "H1", plain, "not > outside > bad_place|door", "household", "freedom=locked", true},
	{casefile.Confinement, "H1", plain, "forbid > outside|home|contact_home", "", "freedom=locked", true},
	{casefile.Confinement, "H1", plain, "not|notyet > allowed > outside|home", "", "freedom=locked", true},
	{casefile.Confinement, "H1", plain, "home|outside > not > allowed", "contract question", "freedom=locked", true},
	{casefile.Confinement, "H1", hint, "not|notyet > may > home", "", "freedom=escorted", true},
	{casefile.Confinement, "H1", plain, "captor & not > may > home", "", "freedom=locked", true},
	{casefile.Confinement, "H1", plain, "not > may > contact_home", "", "hardship=isolation", true},
	{casefile.Confinement, "H1", hint, "watch", "fiction", "freedom=escorted", false},
	{casefile.Confinement, "H1", plain, "guard|guards|watch & toilet", "fiction", "freedom=escorted", false},
	{casefile.Confinement, "M1", plain, "captor & phone_checked & phone", "household trade", "control=phone_taken device_watched=yes", false},
	{casefile.Confinement, "M1", hint, "alone", "", "hardship=isolation", true},
	{casefile.Confinement, "H1", plain, "trap", "household figurative weather", "freedom=locked", false},
	{casefile.Confinement, "H11", plain, "police > confine", "", "freedom=detained", false},
	{casefile.Confinement, "H11", plain, "me|us|kin|friend|people & held|jail & police|jail", "saw", "freedom=detained", false},
	{casefile.Confinement, "H11", plain, "kin|us|me|friend > jail", "", "freedom=detained", false},
	{casefile.Confinement, "H11", plain, "caught > police & me|us|kin|friend|jail|here", "saw", "freedom=detained", false},

	{casefile.Confinement, "H1", plain, "barred > outside", "household trade", "freedom=locked", true},
	{casefile.Confinement, "H1", hint, "barred > home", "", "freedom=escorted", true},
	{casefile.Confinement, "H1", plain, "not|forbid > allowed > basic", "trade", "hardship=conditions", true},
	{casefile.Confinement, "H1", plain, "wantout", "trade offer", "freedom=locked", false},
	{casefile.Confinement, "H1", hint, "counted_off", "trade", "freedom=escorted", false},
	{casefile.Confinement, "H1", hint, "door > only", "trade", "freedom=escorted", false},
	{casefile.Confinement, "M1", hint, "conditions", "trade", "hardship=conditions", false},
	{casefile.Confinement, "H6", hint, "passport >> captor|bad_place", "question offer", "control=passport_kept", false},
	{casefile.Confinement, "H11", plain, "collusion", "trade", "threat=police", false},
	{casefile.Confinement, "H1", plain, "selfvictim", "fiction student aftercare", "act=harboured", false},
	{casefile.Confinement, "M1", hint, "smuggle", "trade", "act=transported", false},

	// Hurt, or about to be.
	{casefile.ViolenceHeard, "H2", plain, "beat", "figurative animal trade", "violence=beaten", false},
	{casefile.ViolenceHeard, "H2", plain, "captor > hit >> me|us|kin|friend|people|they|body", "", "violence=beaten", false},
	{casefile.ViolenceHeard, "H2", plain, "captor > hit|blows & daily", "", "violence=beaten", false},
	{casefile.ViolenceHeard, "H2", plain, "hit|beat & me|us|kin|friend", "figurative animal", "violence=beaten", false},
	{casefile.ViolenceHeard, "C1", plain, "beat|hit & now", "figurative animal trade", "violence=beaten acute=violence_now", false},
	{casefile.ViolenceHeard, "C1", always, "kill", "figurative trade weather animal household", "threat=kill", false},
	{casefile.ViolenceHeard, "C1", plain, "will > kill|shoot", "figurative", "threat=kill acute=death_threat", false},
	{casefile.ViolenceHeard, "C1", plain, "threaten & kill|dead|shoot", "figurative", "threat=kill violence=threatened", false},
	{casefile.ViolenceHeard, "C1", plain, "shoot", "figurative trade animal thing advert", "threat=kill", false},
	{casefile.ViolenceHeard, "C1", plain, "cut", "household", "violence=beaten threat=harm", false},
	{casefile.ViolenceHeard, "C1", plain, "organ", "laugh", "threat=harm", false},
	{casefile.ViolenceHeard, "C1", plain, "friend|people|kin|someone_dead > dead", "household trade figurative", "acute=unconscious_or_dead", false},
	{casefile.ViolenceHeard, "C1", plain, "turn", "trade", "threat=harm", false},
	{casefile.ViolenceHeard, "C1", plain, "takeaway && noreturn", "", "threat=harm", true},
	{casefile.ViolenceHeard, "C1", plain, "point_at", "trade", "threat=kill", false},
	{casefile.ViolenceHeard, "H2", plain, "weapon & me|us|kin|captor|threaten", "fiction", "threat=harm", false},
	{casefile.ViolenceHeard, "H2", plain, "threaten", "figurative trade contract", "violence=threatened", false},
	{casefile.ViolenceHeard, "H2", hint, "threaten & contract|junk", "", "violence=threatened", false},
	{casefile.ViolenceHeard, "H2", plain, "punish", "trade figurative fiction", "violence=beaten", false},
	{casefile.ViolenceHeard, "H2", plain, "tied", "animal", "deprived=tied freedom=locked", false},
	{casefile.ViolenceHeard, "H2", plain, "rape", "", "violence=abused", false},
	{casefile.ViolenceHeard, "H4", plain, "force|captor & serve > guest|captor", "trade contract", "violence=abused forced_work=sex", false},
	{casefile.ViolenceHeard, "H4", plain, "force & sexwork", "trade offer", "violence=abused forced_work=sex", false},
	{casefile.ViolenceHeard, "H4", plain, "forced & sexwork|serve", "trade", "violence=abused forced_work=sex", false},
	{casefile.ViolenceHeard, "H4", plain, "sell|transfer & sexwork", "", "violence=abused forced_work=sex", false},
	{casefile.ViolenceHeard, "H2", hint, "cryweep", "fiction", "violence=threatened", false},
	{casefile.ViolenceHeard, "H2", plain, "captor & caught && secret", "", "violence=threatened", true},
	{casefile.ViolenceHeard, "H2", plain, "secret && caught|captor", "trade", "violence=threatened", true},
	{casefile.ViolenceHeard, "H2", plain, "caught >> kill|beat|hit|dead|punish|penalty", "", "threat=harm violence=threatened", false},
	{casefile.ViolenceHeard, "M7", plain, "marriage", "fiction", "livelihood=forced_marriage", false},
	{casefile.ViolenceHeard, "H6", plain, "forced & work|scamwork", "trade", "forced_work=other", false},
	{casefile.ViolenceHeard, "H6", plain, "force & scamwork", "trade scammed_online", "forced_work=online", false},
	{casefile.ViolenceHeard, "H2", plain, "target & beat|starve|punish|jail|sell|transfer|elsewhere|eat|basic", "", "violence=threatened", false},

	{casefile.ViolenceHeard, "H2", plain, "mercy", "trade fiction", "violence=beaten", false},
	{casefile.ViolenceHeard, "H2", plain, "shockstick", "fiction", "violence=beaten", false},
	{casefile.ViolenceHeard, "H2", hint, "insult", "trade", "violence=threatened", false},
	{casefile.ViolenceHeard, "H2", plain, "force|captor >> pretend", "trade fiction", "violence=threatened", false},
	{casefile.ViolenceHeard, "H2", plain, "captor|before_or && suffer", "trade", "threat=harm violence=threatened", false},
	{casefile.ViolenceHeard, "H9", plain, "visit && guards|captor|scared|weapon|threaten|people", "trade", "threat=harm violence=threatened", false},

	{casefile.ViolenceHeard, "H2", plain, "target && jail", "", "violence=threatened", true},

	// Kept from food.
	{casefile.Confinement, "C3", plain, "not|notyet > given > eat", "trade animal", "deprived=starved", true},
	{casefile.Confinement, "C3", plain, "not|notyet > eat > number_of_days", "figurative animal trade", "deprived=starved", true},
	{casefile.Confinement, "C3", plain, "number_of_days > not|notyet > eat", "figurative animal trade", "deprived=starved", true},
	{casefile.Confinement, "C3", plain, "only > given > eat", "animal trade", "deprived=starved", false},
	{casefile.Confinement, "C3", plain, "number_of_days & only > eat", "animal trade figurative", "deprived=starved", false},
	{casefile.Confinement, "C3", hint, "not > eat", "animal trade", "deprived=starved", true},
	{casefile.Confinement, "C3", hint, "starve", "animal trade", "deprived=starved", false},
	{casefile.Confinement, "C6", plain, "not > may|given > doctor", "trade", "health=injured", true},

	// Sold, moved, handed over.
	{casefile.SoldOrMoved, "C4", plain, "sell", "thing animal trade advert figurative sold_out", "moving=sold", false},
	{casefile.SoldOrMoved, "C4", plain, "me|us|kin|friend|people > sell", "animal advert", "moving=sold", false},
	{casefile.SoldOrMoved, "C4", plain, "will > sell", "thing animal trade advert", "moving=sold threat=sell", false},
	{casefile.SoldOrMoved, "C4", plain, "threaten & sell", "", "threat=sell violence=threatened", false},
	{casefile.SoldOrMoved, "C4", plain, "will|soon|shortly & transfer", "goods job_move", "moving=moved", false},
	{casefile.SoldOrMoved, "C4", plain, "transfer > bad_place|captor", "goods job_move", "moving=handed_over", false},
	{casefile.SoldOrMoved, "C4", plain, "captor & transfer > me|us|kin|friend|people", "trade money", "moving=moved", false},
	{casefile.SoldOrMoved, "C4", plain, "transfer > border", "", "moving=border", false},
	{casefile.SoldOrMoved, "C4", plain, "bought", "thing", "moving=sold", false},
	{casefile.SoldOrMoved, "C4", plain, "force|captor > pack", "trade", "moving=moved", false},
	{casefile.SoldOrMoved, "C4", plain, "pack & soon|shortly", "trade offer", "moving=moved", false},

	{casefile.SoldOrMoved, "C4", plain, "transfer|sell > elsewhere", "goods job_move", "moving=handed_over", false},
	{casefile.SoldOrMoved, "C4", plain, "elsewhere && soon|will|force|captor", "goods job_move offer trade", "moving=handed_over", false},

	// Money for a person.
	{casefile.RansomHeard, "C7", plain, "ransom", "thing household trade", "ransom=unpaid", false},
	{casefile.RansomHeard, "C7", plain, "moneywant|asks & money && release & kin|me|us|friend|they", "contract trade", "ransom=unpaid", false},
	{casefile.RansomHeard, "C7", plain, "moneywant && notpaid", "trade", "ransom=unpaid", true},
	{casefile.RansomHeard, "C7", plain, "notpaid >> kill|beat|sell|transfer|cut|shoot|threaten|release|dead|organ", "contract", "ransom=unpaid", true},
	{casefile.RansomHeard, "C7", plain, "video && moneywant|asks & money", "trade scammed_online", "ransom=unpaid proof=violence", false},
	{casefile.RansomHeard, "C7", plain, "beat|confine|cryweep|threaten && moneywant", "scammed_online trade", "ransom=unpaid", false},
	{casefile.RansomHeard, "C7", plain, "money|pay && not|notyet > freed", "trade contract", "ransom=paid", true},
	{casefile.RansomHeard, "C7", hint, "moneywant & kin|they", "trade contract", "ransom=unpaid", false},

	// A fine without which nobody may leave.
	{casefile.FineToLeave, "H3", plain, "mustpay|pay > before_or > allowed|release|home|outside", "contract trade question price", "control=must_pay", true},
	{casefile.FineToLeave, "H3", plain, "before_or > release > mustpay", "contract trade question", "control=must_pay", true},
	{casefile.FineToLeave, "H3", plain, "not > may > release|outside|home >> before_or|notpaid & pay|money|debt", "contract", "control=must_pay", true},
	{casefile.FineToLeave, "H3", plain, "home|outside >> mustpay", "contract trade question offer", "control=must_pay", false},
	{casefile.FineToLeave, "H3", plain, "newpeople && release|home|freed", "offer trade", "control=must_pay", false},
	{casefile.FineToLeave, "H3", hint, "mustpay && release|money", "", "control=must_pay", false},
	{casefile.FineToLeave, "H3", hint, "penalty", "traffic_fine", "hardship=fine", false},
	{casefile.FineToLeave, "H3", hint, "debt", "trade", "hardship=fine", false},

	// On the run.
	{casefile.Flight, "C4", plain, "flee & me|us|kin|friend|people|wild|from|chase", "figurative trade sport", "freedom=running", false},
	{casefile.Flight, "C4", plain, "hide & me|us|wild|from|now|captor|friend|people|kin", "figurative trade", "freedom=running", false},
	{casefile.Flight, "C4", plain, "chase & me|us|captor|police|guards", "figurative trade offer", "freedom=running", false},
	{casefile.Flight, "C4", plain, "flee && hide|chase|wild", "figurative sport", "freedom=running", false},
	{casefile.Flight, "C4", plain, "flee && safe_spot", "figurative sport", "freedom=running", false},
	{casefile.Flight, "C4", hint, "flee", "figurative trade sport", "freedom=running", false},

	// Hurt or ill with nobody to help.
	{casefile.Medical, "C1", plain, "faint", "figurative trade", "health=injured acute=unconscious_or_dead", false},
	{casefile.Medical, "C6", plain, "bleed", "figurative trade household animal", "health=injured", false},
	{casefile.Medical, "H12", plain, "ill && not > may|given|money > doctor", "trade", "health=injured", true},
	{casefile.Medical, "H12", plain, "ill & daily|cryweep|captor|bad_place|dead|cant_bear", "trade figurative", "health=injured", false},
	{casefile.Medical, "H12", hint, "ill & me|us|friend|kin|people", "trade figurative", "health=injured", false},
	{casefile.Medical, "H12", hint, "pregnant", "trade", "health=pregnant", false},
	{casefile.Medical, "H12", plain, "pregnant && confine|held|trap|hit|beat|force|soon|captor", "", "health=pregnant", false},

	// Wanting to die.
	{casefile.SelfHarmHeard, "C2", plain, "die_wish", "weather fiction animal laugh", "self_harm=yes", true},
	{casefile.SelfHarmHeard, "C2", plain, "cant_bear & bad_place|here|cryweep|daily|me", "figurative trade weather", "plea=yes", true},
	{casefile.SelfHarmHeard, "C2", hint, "cant_bear", "figurative trade weather", "plea=yes", true},

	// A child.
	{casefile.ChildExploited, "C5", plain, "child|young_age && sexwork|serve|sell|force|confine|beat|hit|missing|transfer|rape|work|offer|kidnap|passport|recruited", "trade fiction back school", "child=exploited", false},

	// Asking to be saved.
	{casefile.BareCry, "CRY", plain, "saveme", "animal", "plea=yes", false},
	{casefile.BareCry, "CRY", plain, "cryword|save && hub", "info_words offer question trade", "plea=yes", false},
	{casefile.BareCry, "CRY", plain, "save > me|us|kin|friend|people|own_kin|they", "trade thing money household animal", "plea=yes", false},
	{casefile.BareCry, "H7", plain, "kin|friend && beg|cryweep|scared && missing|captor|noreturn|phone|home|video|plea_words", "trade scammed_online", "plea=yes", false},
	{casefile.BareCry, "H7", plain, "kin|friend > beg", "trade money", "plea=yes", false},
	{casefile.BareCry, "H7", plain, "kin && farewell", "trade", "plea=yes", false},
	{casefile.BareCry, "H7", plain, "kin && beg", "trade money", "plea=yes", false},
	{casefile.BareCry, "H8", hint, "cryword & me|us", "trade info_words offer question thing", "plea=yes", false},
	{casefile.BareCry, "H8", hint, "scared", "trade figurative offer", "plea=yes", false},
	{casefile.BareCry, "H8", hint, "borrowed", "trade", "device_watched=borrowed", false},

	// Control that is danger only together.
	{casefile.Confinement, "H6", hint, "passport & held", "trade question_only", "control=passport_kept", false},
	{casefile.Confinement, "H6", hint, "unpaid", "back", "control=pay_held", true},
	{casefile.Confinement, "M1", hint, "phone & held|phone_checked", "trade household", "control=phone_taken", false},
	{casefile.Confinement, "M1", hint, "overtime", "trade", "hardship=overtime", true},
	{casefile.Confinement, "M7", hint, "domestic & not > may|given", "offer", "livelihood=domestic", true},
}

// factRules are meanings that are no danger by themselves.
var factRules = []rule{
	{when: "deceive & work|promise|offer|contract", facts: "deceived=yes"},
	{when: "tricked && hub|captor|want_home", facts: "deceived=yes", unless: "scammed_online trade offer"},
	{when: "gotout & hub|bad_place", facts: "freedom=out"},
	{when: "domestic & work|captor", facts: "livelihood=domestic", unless: "offer"},
	{when: "fishing & work|me|us|captor", facts: "livelihood=fishing", unless: "offer"},
	{when: "recruited", facts: "act=recruited"},
	{when: "force|forced & scamwork", facts: "forced_work=online"},
	{when: "pregnant", facts: "health=pregnant"},
	{when: "borrowed", facts: "device_watched=borrowed"},
	{when: "phone & lend", facts: "device_watched=borrowed", unless: "trade"},
	{when: "phone & phone_checked|watch", facts: "device_watched=yes"},
	{when: "child", facts: "child=yes", unless: "trade school offer"},
	{when: "young_age", facts: "child=yes", unless: "trade school"},
	{when: "threaten & kin", facts: "threat=family"},
	{when: "threaten & police", facts: "threat=police"},
	{when: "beat|confine|hit & video", facts: "proof=violence"},
}

// falseFriends are words of danger used of something else. What they cover is
// not heard by the rules above, except where a rule says always.
var falseFriends = []string{
	"animal & confine|beat|trap|lock|ill|shoot|kill|hide|missing|dead|hit|bleed|transfer",
	"confine|trap|tied > weather|figurative", "weather > confine|trap",
	"beat|hit|kill|chase|shoot|punish|threaten > figurative|weather", "figurative > beat|kill|hit|chase",
	"shoot > advert", "flee > figurative|sport", "hide > figurative", "household > confine|lock|held|trap|shut",
	"dead > household|figurative", "figurative > dead", "sport & flee",
	"bleed > figurative", "animal & flee", "flee > thing", "sold_out", "cannot_see", "money > not|barred > outside", "ill > figurative", "retract_not", "locked_out",
}
