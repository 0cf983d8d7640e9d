package hear

import "pulang/internal/casefile"

// circumstanceRules are ways of telling danger without its words: by what one was
// hit with, where one hides, who was called away and did not return. They work as
// dangerRules do.
var circumstanceRules = []rule{
	// Marks on a body, and what made them.
	{casefile.ViolenceHeard, "H2", plain, "wound & tool", "trade sport laugh offer", "violence=beaten health=injured", false},
	{casefile.ViolenceHeard, "H2", plain, "wound && lord|punish|target", "trade sport laugh figurative thing", "violence=beaten health=injured", false},
	{casefile.ViolenceHeard, "H2", plain, "struck > tool & lord|onpurpose", "trade sport laugh household question", "violence=beaten", false},
	{casefile.ViolenceHeard, "H2", plain, "struck > tool && lord", "trade sport laugh question", "violence=beaten", false},
	{casefile.ViolenceHeard, "H2", hint, "struck > tool & limb", "trade sport laugh question", "health=injured", false},
	{casefile.ViolenceHeard, "H2", plain, "tool > limb & me|lord", "trade sport laugh advert thing", "violence=beaten", false},
	{casefile.ViolenceHeard, "C1", plain, "cutoff & finger && me|us|friend|kin|captor|target|people", "household trade laugh animal", "violence=beaten threat=harm", true},
	{casefile.ViolenceHeard, "H2", hint, "again", "trade sport figurative fiction", "violence=threatened", false},
	{casefile.ViolenceHeard, "H2", hint, "drugged", "trade doctor", "violence=abused", false},
	{casefile.ViolenceHeard, "H2", hint, "helpless", "trade figurative", "violence=threatened", true},
	{casefile.ViolenceHeard, "H4", plain, "lord >> enter > room", "trade question laugh", "violence=abused", false},
	{casefile.ViolenceHeard, "H2", plain, "target|lord && punish", "trade sport laugh fiction", "violence=beaten", false},
	{casefile.Medical, "C6", hint, "wound & me|us|friend|kin|people|limb", "trade sport laugh thing animal figurative", "health=injured", false},

	// Threats to those at home.
	{casefile.ViolenceHeard, "H9", plain, "captor && knowhome", "trade question offer junk", "threat=harm threat=family violence=threatened", false},
	{casefile.ViolenceHeard, "H9", plain, "knowhome && threaten|suffer|scared|destroy|visit", "trade offer junk", "threat=harm threat=family violence=threatened", false},
	{casefile.ViolenceHeard, "C1", plain, "destroy & kin|own_kin|family_word|me|us|friend", "trade laugh figurative goods", "threat=harm violence=threatened", false},
	{casefile.ViolenceHeard, "H9", plain, "family_word|kin & suffer", "trade figurative junk", "threat=harm threat=family violence=threatened", false},
	{casefile.ViolenceHeard, "H9", plain, "tail", "fiction laugh figurative trade animal junk", "threat=harm freedom=running", false},

	// Gone, or about to be.
	{casefile.SoldOrMoved, "C4", plain, "ifword >> silent && means", "trade figurative junk", "threat=harm plea=yes", true},
	{casefile.SoldOrMoved, "C4", plain, "silent >> means >> transfer|takeaway|dead|calledaway|caught", "trade figurative junk", "threat=harm moving=moved", true},
	{casefile.SoldOrMoved, "C4", plain, "calledaway && noreturn", "trade goods doctor animal school", "threat=harm", true},
	{casefile.SoldOrMoved, "C4", plain, "fetch >> border && not|force|scared|captor|me|us", "trade sport offer question goods", "moving=border", true},
	{casefile.SoldOrMoved, "C4", plain, "cargo && people & covered", "trade weather sport fiction", "moving=moved", false},
	{casefile.SoldOrMoved, "C4", plain, "cargo && covered && cryweep", "trade weather sport fiction", "moving=moved", false},
	{casefile.ViolenceHeard, "C1", plain, "thrownfrom & friend|people|kin|me|us|they|captor|someone_dead", "trade animal goods fiction sport laugh", "violence=beaten threat=harm", false},
	{casefile.ViolenceHeard, "H9", plain, "kin|family_word >> will > gone", "trade fiction weather question", "threat=harm threat=family violence=threatened", false},
	{casefile.ViolenceHeard, "C1", plain, "overboard && friend|people|captor|kin|fishing|they|someone_dead", "trade animal goods fiction sport", "threat=kill acute=unconscious_or_dead", false},

	// Shut in.
	{casefile.Confinement, "C3", hint, "guarddog", "trade offer", "freedom=locked", false},
	{casefile.Confinement, "C3", plain, "guarddog && flee|captor|outside|door|us", "trade offer laugh", "freedom=locked", false},
	{casefile.Confinement, "C3", plain, "captor > lock >> door", "household trade laugh", "freedom=locked", false},
	{casefile.Confinement, "H11", plain, "collusion && captor|police|bad_place", "trade", "threat=police freedom=locked", false},
	{casefile.Confinement, "H1", plain, "not|notyet > see > outworld", "trade question", "freedom=locked", true},
	{casefile.Confinement, "H1", plain, "me|us|people|friend >> never > outside", "trade figurative sport animal", "freedom=locked", true},
	{casefile.Confinement, "H1", plain, "outside && escort & force|people|daily", "trade sport animal question", "freedom=escorted", false},
	{casefile.Confinement, "H1", plain, "want_home >> not > allowed", "trade question contract thing offer school animal", "freedom=locked", true},
	{casefile.Confinement, "H1", plain, "want_home && held|confine", "trade question contract unpaid thing", "freedom=locked", false},
	{casefile.Confinement, "M1", plain, "lord & held > phone", "trade question school laugh household", "control=phone_taken freedom=escorted", false},
	{casefile.Confinement, "H11", plain, "police && asks > money", "trade question traffic_fine scammed_online household", "threat=police ransom=unpaid", false},
	{casefile.Confinement, "H1", hint, "noland", "trade offer sport", "freedom=locked", true},
	{casefile.Confinement, "H6", hint, "passport & burnt", "trade offer question", "control=passport_kept", false},
	{casefile.Confinement, "C3", plain, "given & starve", "animal trade figurative", "deprived=starved", false},
	{casefile.Confinement, "C3", plain, "seawater && fishing|us|captor|number_of_days|eat", "trade weather animal junk figurative", "deprived=starved", true},
	{casefile.FineToLeave, "H3", plain, "pay|mustpay|money && orstay", "contract trade", "control=must_pay", true},
	{casefile.RansomHeard, "C7", plain, "held|confine && moneywant && release|home|freed", "contract trade thing scammed_online offer", "ransom=unpaid", false},
	{casefile.RansomHeard, "C7", plain, "kin|friend && held|confine && moneywant", "contract trade thing scammed_online offer", "ransom=unpaid", false},
	{casefile.RansomHeard, "C7", plain, "kin|friend && held|confine && asks & money", "contract trade thing scammed_online offer", "ransom=unpaid", false},
	{casefile.RansomHeard, "C7", plain, "kin|friend && captor|they > asks & money >> want_home|freed", "contract trade thing scammed_online offer", "ransom=unpaid", false},
	{casefile.FineToLeave, "H3", plain, "ifword > home|release >> pay|mustpay & money", "contract trade question price offer", "control=must_pay", false},
	{casefile.FineToLeave, "H3", plain, "held|confine && notpaid", "contract trade thing", "control=must_pay ransom=unpaid", true},
	{casefile.FineToLeave, "H3", plain, "not > freed && notpaid", "contract trade thing", "control=must_pay", true},

	// Hiding.
	{casefile.Flight, "C4", plain, "hidespot && captor|chase|scared|cryword|outthere|pleading", "animal laugh fiction thing trade", "freedom=running", false},
	{casefile.Flight, "C4", plain, "me|us > hidespot", "animal laugh fiction thing trade", "freedom=running", false},
	{casefile.Flight, "C4", plain, "fearfound", "laugh fiction figurative trade", "freedom=running", true},
	{casefile.Flight, "C4", plain, "wild && eat|flee|people & not", "trade sport animal weather offer", "freedom=running", true},

	// Hurt with nobody to help.
	{casefile.Medical, "C1", plain, "notwake && friend|kin|people|they|number_of_days|limb|captor", "animal fiction laugh trade figurative", "acute=unconscious_or_dead health=injured", true},
	{casefile.Medical, "H12", plain, "not|notyet > brought > doctor", "trade animal question", "health=injured", true},
	{casefile.Medical, "H12", plain, "lord >> not > doctor", "trade animal question", "health=injured", true},
	{casefile.Medical, "H12", plain, "wound|ill|bleed|notwake|tumble && untreated|keepwork", "trade animal sport figurative", "health=injured", true},
	{casefile.Medical, "H12", plain, "pregnant && untreated|keepwork", "trade animal sport figurative", "health=pregnant", true},
	{casefile.Medical, "C1", hint, "tumble && wound|bleed|notwake|faint", "trade animal sport laugh question", "health=injured", false},

	// Wanting to die, said otherwise.
	{casefile.SelfHarmHeard, "C2", plain, "pills & swallow & lots", "trade animal question laugh", "self_harm=yes", true},
	{casefile.SelfHarmHeard, "C2", plain, "blade", "laugh trade sport household fiction", "self_harm=yes", true},
	{casefile.SelfHarmHeard, "C2", plain, "edge && cant_bear|cryweep|goodbye|entrust", "laugh trade sport household fiction", "self_harm=yes", true},
	{casefile.SelfHarmHeard, "C2", plain, "ledge & now|number_of_days|me", "laugh trade question fiction", "self_harm=yes", true},
	{casefile.SelfHarmHeard, "C2", plain, "goodbye && entrust", "trade laugh offer", "self_harm=yes", true},
	{casefile.SelfHarmHeard, "C2", hint, "goodbye", "trade laugh offer advert fiction figurative", "self_harm=yes", true},
	{casefile.SelfHarmHeard, "C2", hint, "entrust", "trade laugh offer advert goods junk", "plea=yes", true},

	// Reaching out while it lasts.
	{casefile.BareCry, "H8", hint, "battery", "trade offer question", "plea=yes", false},
}

// circumstanceFriends are false friends of these circumstances.
var circumstanceFriends = []string{
	"heartword > confine|trap|beat|kill|wound", "trap && delayed", "kill && delayed", "confine|beat|hit & kin && laugh",
	"filmword > confine|beat|kill|rape|trap", "orders & cryword|save", "cryword|save & orders",
}
