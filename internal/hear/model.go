package hear

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"pulang/internal/casefile"
)

// The rules hear what they have words for. People tell of danger without any: "yang
// ga tembus target ga ikut makan". So there is a second ear, a small model that was
// trained on the labelled messages in testdata: logistic regression over words, pairs
// of words and pieces of words, in standard spelling. It is asked only where the rules
// heard nothing, it may only add a doubt, never take a danger away, and it says which
// words made it doubt.
//
// model.bin is made by `go test ./internal/hear -run Model -update` from the files
// named in model_test.go, and a test asks that it is what they teach.

//go:embed model.bin
var modelFile []byte

const (
	// buckets is how many weights the model has; pieces of text share them by hash.
	buckets = 1 << 17
	// doubtAt is the probability from which the model doubts. Measured in
	// docs/hear.md: lower finds more dangers and wakes staff more often for nothing.
	doubtAt = 0.68
	// doubtWords is the fewest words it has an opinion on.
	doubtWords = 6
	// doubtPhrase is how many words it gives as its reason, at most.
	doubtPhrase = 6
	// longestDoubt is how many words of a text it looks at: the first ones. Longer
	// texts hold words the rules know.
	longestDoubt = 200
)

// model is the weights, and what one unit of them is worth.
type model struct {
	bias, unit float64
	weights    []int16
}

// readModel reads what the training wrote.
func readModel(b []byte) (*model, error) {
	if len(b) != 16+2*buckets {
		return nil, fmt.Errorf("hear: the model has %d bytes, not %d", len(b), 16+2*buckets)
	}
	m := &model{
		bias:    math.Float64frombits(binary.BigEndian.Uint64(b)),
		unit:    math.Float64frombits(binary.BigEndian.Uint64(b[8:])),
		weights: make([]int16, buckets),
	}
	for i := range m.weights {
		m.weights[i] = int16(binary.BigEndian.Uint16(b[16+2*i:])) // #nosec G115 -- the same bits, with their sign
	}
	return m, nil
}

func (e *Ear) learnModel() (err error) {
	e.model, err = readModel(modelFile)
	return err
}

// pieces calls each for every piece of a text: its words, the pairs of them, and runs
// of three to five letters, with the word it begins in.
func pieces(words []string, each func(bucket uint32, word int)) {
	before := "^"
	for i, w := range words {
		each(bucketOf("w", w), i)
		each(bucketOf("p", before, w), i)
		before = w
		padded := " " + w + " "
		if i+1 < len(words) {
			padded += words[i+1]
		}
		for size := 3; size <= 5; size++ {
			for at := 0; at <= len(w) && at+size <= len(padded); at++ {
				each(bucketOf("c", padded[at:at+size]), i)
			}
		}
	}
}

// bucketOf is FNV-1a over the parts, folded to the number of buckets.
func bucketOf(parts ...string) uint32 {
	h := uint32(2166136261)
	for _, part := range parts {
		for i := range len(part) {
			h = (h ^ uint32(part[i])) * 16777619
		}
		h = (h ^ 0xff) * 16777619
	}
	return (h ^ h>>17) % buckets
}

// weigh is the probability of danger, and how much each word adds to it.
func (m *model) weigh(words []string) (p float64, each []float64) {
	each = make([]float64, len(words))
	n := 0
	pieces(words, func(bucket uint32, word int) {
		each[word] += float64(m.weights[bucket]) * m.unit
		n++
	})
	if n == 0 {
		return 0, each
	}
	sum := m.bias
	for i := range each {
		each[i] /= math.Sqrt(float64(n))
		sum += each[i]
	}
	return 1 / (1 + math.Exp(-sum)), each
}

// doubts gives the words that sound like danger although no rule says why.
func (e *Ear) doubts(s *sighting) (phrase string, doubts bool) {
	words := spelled(s)
	if len(words) < doubtWords {
		return "", false
	}
	p, each := e.model.weigh(words)
	if p < doubtAt {
		return "", false
	}
	return s.phrase(window(each, doubtPhrase)), true
}

// spelled is the words of a text as the model knows them.
func spelled(s *sighting) []string {
	words := make([]string, min(len(s.words), longestDoubt))
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

// doubtful adds the model's doubt to a reading in which the rules heard no danger.
// It has no opinion on answers, exits, probes, retractions and false friends.
func (e *Ear) doubtful(r *casefile.Reading, s *sighting, note noter) {
	answered := len(r.Answers) > 0 && r.Answers[0].Pending && !r.Answers[0].Unread
	if r.HasDanger() || r.Command != casefile.NoCommand || r.Choice || r.Oracle || r.Retracts || answered || slices.Contains(s.mute, true) {
		return
	}
	phrase, ok := e.doubts(s)
	if !ok {
		return
	}
	r.Dangers = []casefile.Danger{{Kind: casefile.Doubt, Phrase: casefile.Hide(phrase), Rule: "DANGER",
		Facts: []casefile.Fact{note.fact(casefile.Plea, "yes", phrase)}}}
}
