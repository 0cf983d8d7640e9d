package floors

// revealed is how often each package takes the cover off a private value. A
// higher number is a decision; make it with a second person.
var revealed = map[string]int{
	"bot/sms":           3,  // to Twilio: number and words
	"bot/telegram":      4,  // to Telegram: chat and words, and whether a chat is a group
	"bot":               1,  // staff.go looks for four commands of staff
	"internal/casefile": 5,  // Is, Len, codes of the dictionary, and Covered: they say nothing of a person
	"internal/console":  28, // to staff who may see it, and the working names of colleagues
	"internal/hear":     3,  // to understand, and to read a number it heard itself
	"internal/seal":     4,  // to seal it
}

// mayAskTheClock are the files below cmd that may call time.Now, and why.
var mayAskTheClock = map[string]string{
	"internal/bench/main.go": "a command: its wiring reads the clock once and hands it on",
	"internal/chaos/main.go": "a command: its wiring reads the clock once and hands it on",
}

// mayBeLong are the functions (package.Name) and files beyond the limits, and why.
var mayBeLong = map[string]string{}
