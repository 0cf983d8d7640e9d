package hear

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"pulang/internal/casefile"
)

// The rules hear what they have words for. People tell of danger without any: "yang
// ga tembus target ga ikut makan". So there is a second ear, a small model that was
// trained on the labelled messages in testdata: logistic regression over two kinds of
// sign. One is the text in standard spelling: words, pairs of words, and pieces of
// words. The other is what the words stand for: the concepts of the lexicons, and
// every two of them that stand in one message, so that a guard at a gate is the same
// in every language and spelling.
//
// It weighs two things: whether the message tells of danger, and who is writing. What
// follows from the first is in weigh.go. It can name the words that weighed most.
//
// model.bin is made by `go test ./internal/hear -run Model -update` from the files
// named in model_test.go; it holds a print of the lessons it was trained on, and a
// test asks that they are still the same.

//go:embed model.bin
var modelFile []byte

const (
	// buckets is how many weights each scale has; signs share them by hash.
	buckets = 1 << 18
	// conceptShare is how much the concepts of a message count beside its text.
	conceptShare = 0.8
	// pairShare is how much a pair of concepts counts beside one concept.
	pairShare = 0.5
	// longestWeighed is how many words of a text are weighed: the first ones. Longer
	// texts hold words the rules know.
	longestWeighed = 200
)

// scale is the weights of one question.
type scale struct {
	bias, unit float64
	weights    []byte // each the bits of an int8; where they stand in the program, not a copy
}

// weight is what the signs of a bucket weigh, in units.
func (s scale) weight(bucket uint32) float64 {
	return float64(int8(s.weights[bucket])) // #nosec G115 -- written as the same bits
}

// model is the scales: danger, and one for each reporter.
type model struct {
	print     [sha256.Size]byte // of the lessons
	danger    scale
	reporters []scale // in the order of modelReporters
}

// modelReporters are the writers the model tells apart.
var modelReporters = []casefile.Reporter{
	casefile.Victim, casefile.Family, casefile.Witness, casefile.Returnee, casefile.Info, casefile.Spam, casefile.ReporterUnknown,
}

const scaleSize = 16 + buckets

// readModel reads what the training wrote.
func readModel(b []byte) (*model, error) {
	want := sha256.Size + scaleSize*(1+len(modelReporters))
	if len(b) != want {
		return nil, fmt.Errorf("hear: the model has %d bytes, not %d", len(b), want)
	}
	m := &model{print: [sha256.Size]byte(b)}
	b = b[sha256.Size:]
	m.danger, b = readScale(b)
	for range modelReporters {
		var s scale
		s, b = readScale(b)
		m.reporters = append(m.reporters, s)
	}
	return m, nil
}

func readScale(b []byte) (scale, []byte) {
	return scale{
		bias:    math.Float64frombits(binary.BigEndian.Uint64(b)),
		unit:    math.Float64frombits(binary.BigEndian.Uint64(b[8:])),
		weights: b[16:scaleSize:scaleSize],
	}, b[scaleSize:]
}

func (e *Ear) learnModel() (err error) {
	e.model, err = readModel(modelFile)
	for _, name := range e.names {
		e.signs = append(e.signs, hashOf("C", name))
	}
	return err
}

// sign is one thing a message is weighed by.
type sign struct {
	bucket uint32
	value  float64
	word   int // where it stands; the signs of a concept at its first word
}

// signsOf lists what a message is weighed by. It comes before false friends are
// covered: the model learned what they are.
func (e *Ear) signsOf(s *sighting) []sign {
	words := spelled(s)
	out := make([]sign, 0, 24*len(words))
	pieces(words, func(bucket uint32, word int) { out = append(out, sign{bucket, 1, word}) })
	share := 1 / math.Sqrt(float64(max(1, len(out))))
	for i := range out {
		out[i].value = share
	}
	return e.conceptSigns(s, out)
}

// conceptSigns adds the concepts of a message, and every two of them.
func (e *Ear) conceptSigns(s *sighting, out []sign) []sign {
	type concept struct {
		hash uint32
		word int
	}
	var have []concept
	for c := range s.at {
		if len(s.at[c]) > 0 && s.at[c][0].a < longestWeighed {
			have = append(have, concept{e.signs[c], s.at[c][0].a})
		}
	}
	slices.SortFunc(have, func(a, b concept) int { return int(int64(a.hash) - int64(b.hash)) })
	n := float64(len(have))
	unit := conceptShare / math.Sqrt(max(1, n+pairShare*pairShare*n*(n-1)/2))
	for i, a := range have {
		out = append(out, sign{a.hash % buckets, unit, a.word})
		for _, b := range have[:i] {
			pair := mixed(b.hash*31 + a.hash)
			out = append(out, sign{pair % buckets, unit * pairShare / 2, a.word}, sign{pair % buckets, unit * pairShare / 2, b.word})
		}
	}
	return out
}

// pieces calls each for every piece of a text: its words, the pairs of them, and runs
// of three to five letters, with the word it begins in.
func pieces(words []string, each func(bucket uint32, word int)) {
	before := "^"
	for i, w := range words {
		each(hashOf("w", w)%buckets, i)
		each(hashOf("p", before, w)%buckets, i)
		before = w
		padded := " " + w + " "
		if i+1 < len(words) {
			padded += words[i+1]
		}
		for size := 3; size <= 5; size++ {
			for at := 0; at <= len(w) && at+size <= len(padded); at++ {
				each(hashOf("c", padded[at:at+size])%buckets, i)
			}
		}
	}
}

// hashOf is FNV-1a over the parts.
func hashOf(parts ...string) uint32 {
	h := uint32(2166136261)
	for _, part := range parts {
		for i := range len(part) {
			h = (h ^ uint32(part[i])) * 16777619
		}
		h = (h ^ 0xff) * 16777619
	}
	return h ^ h>>15
}

func mixed(h uint32) uint32 {
	h = (h ^ h>>16) * 0x45d9f3b
	return h ^ h>>16
}

// sum is what the signs weigh together.
func (s scale) sum(signs []sign) float64 {
	total := 0.0
	for _, x := range signs {
		total += s.weight(x.bucket) * x.value
	}
	return s.bias + total*s.unit
}

// perWord is how much each of n words adds.
func (s scale) perWord(signs []sign, n int) []float64 {
	each := make([]float64, n)
	for _, x := range signs {
		if x.word < n {
			each[x.word] += s.weight(x.bucket) * x.value
		}
	}
	return each
}

// ofDanger is how likely a message tells of danger.
func (m *model) ofDanger(signs []sign) float64 { return 1 / (1 + math.Exp(-m.danger.sum(signs))) }

// writerGuess is who most likely wrote, and how likely.
type writerGuess struct {
	who    casefile.Reporter
	likely float64
}

// writer weighs who wrote; idle: also whoever only asks or advertises.
func (m *model) writer(signs []sign, idle bool) writerGuess {
	sums := make([]float64, len(m.reporters))
	for i, s := range m.reporters {
		if sums[i] = s.sum(signs); !idle && (modelReporters[i] == casefile.Info || modelReporters[i] == casefile.Spam) {
			sums[i] = math.Inf(-1)
		}
	}
	best, all := slices.Index(sums, slices.Max(sums)), 0.0
	for _, sum := range sums {
		all += math.Exp(sum - sums[best])
	}
	return writerGuess{modelReporters[best], 1 / all}
}

// spelled is the words of a text as the model knows them.
func spelled(s *sighting) []string {
	words := make([]string, min(len(s.words), longestWeighed))
	for i := range words {
		words[i] = s.words[i].is
		if s.words[i].num >= 0 {
			words[i] = "0" // the model does not learn numbers
		}
	}
	return words
}

// window is the run of at most size words that adds most.
func window(each []float64, size int) span {
	best, found := math.Inf(-1), span{}
	for i := range each {
		sum := 0.0
		for j := i; j < len(each) && j < i+size; j++ {
			if sum += each[j]; sum > best {
				best, found = sum, span{i, j + 1}
			}
		}
	}
	return found
}
