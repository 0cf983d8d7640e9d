package hear

import (
	"encoding/binary"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "train the model anew and write model.bin")

// taughtBy are the corpora the model is trained on. The held-out ones are not
// among them.
var taughtBy = []string{"sample.csv", "dev.csv", "dev2.csv", "unseen_a.csv", "unseen_b.csv"}

const (
	rounds = 12
	rate   = 0.5
	decay  = 1e-4
)

// lesson is a labelled text in pieces.
type lesson struct {
	buckets []uint32
	danger  float64
}

// train is plain logistic regression by gradient descent, always in the same order.
func train(t testing.TB, e *Ear, names []string) *model {
	t.Helper()
	var lessons []lesson
	for _, name := range names {
		for _, l := range corpus(t, name) {
			var one lesson
			pieces(spelled(e.look(l.text)), func(bucket uint32, _ int) { one.buckets = append(one.buckets, bucket) })
			if l.danger {
				one.danger = 1
			}
			if len(one.buckets) > 0 {
				lessons = append(lessons, one)
			}
		}
	}
	order := rand.New(rand.NewPCG(1, 2))
	weights, bias := make([]float64, buckets), 0.0
	for range rounds {
		order.Shuffle(len(lessons), func(i, j int) { lessons[i], lessons[j] = lessons[j], lessons[i] })
		for _, l := range lessons {
			sum, norm := bias, math.Sqrt(float64(len(l.buckets)))
			for _, b := range l.buckets {
				sum += weights[b] / norm
			}
			miss := l.danger - 1/(1+math.Exp(-sum))
			bias += rate / 10 * miss
			for _, b := range l.buckets {
				weights[b] += rate*miss/norm - decay*weights[b]
			}
		}
	}
	return rounded(weights, bias)
}

// rounded packs the weights into 16 bits each.
func rounded(weights []float64, bias float64) *model {
	most := 0.0
	for _, w := range weights {
		most = math.Max(most, math.Abs(w))
	}
	m := &model{bias: bias, unit: most / math.MaxInt16, weights: make([]int16, len(weights))}
	for i, w := range weights {
		m.weights[i] = int16(math.Round(w / m.unit))
	}
	return m
}

func (m *model) marshal() []byte {
	b := binary.BigEndian.AppendUint64(nil, math.Float64bits(m.bias))
	b = binary.BigEndian.AppendUint64(b, math.Float64bits(m.unit))
	for _, w := range m.weights {
		b = binary.BigEndian.AppendUint16(b, uint16(w))
	}
	return b
}

// TestModelIsWhatTheCorporaTeach: nobody edits the weights by hand, and whoever
// changes the corpora or the spelling trains anew.
func TestModelIsWhatTheCorporaTeach(t *testing.T) {
	t.Parallel()
	e := ear(t)
	m := train(t, e, taughtBy)
	if *update {
		if err := os.WriteFile("model.bin", m.marshal(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	off := 0
	for i, w := range m.weights {
		if math.Abs(float64(w)*m.unit-float64(e.model.weights[i])*e.model.unit) > 4*m.unit { // other machines round otherwise
			off++
		}
	}
	if off > 0 {
		t.Errorf("%d weights are not what the corpora teach; run: go test ./internal/hear -run Model -update", off)
	}
}

func TestModelGivesWordsOfTheTextAsItsReason(t *testing.T) {
	t.Parallel()
	e := ear(t)
	for _, name := range taughtBy {
		for _, l := range corpus(t, name) {
			s := e.look(l.text)
			if phrase, doubts := e.doubts(s); doubts && phrase == "" {
				t.Errorf("no reason for %q", l.text)
			}
		}
	}
}

func TestABrokenModelIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := readModel(modelFile[1:]); err == nil {
		t.Error("a model that lacks a byte was read")
	}
}
