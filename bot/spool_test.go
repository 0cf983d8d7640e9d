package bot

import (
	"context"
	"reflect"
	"testing"
	"time"

	"pulang/internal/casefile"
	"pulang/internal/loop"
	"pulang/internal/seal"
	"pulang/internal/spool"
)

// fill gives every field of a struct a value of its own, so that a field which the
// spool forgets is seen.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	for i := range v.NumField() {
		f := v.Field(i)
		*n++
		switch {
		case f.Type() == reflect.TypeFor[casefile.Private]():
			f.Set(reflect.ValueOf(casefile.Hide("private " + string(rune('a'+*n)))))
		case f.Type() == reflect.TypeFor[time.Time]():
			f.Set(reflect.ValueOf(time.Date(2026, 3, 2, 5, 0, *n, 0, time.UTC)))
		case f.Kind() == reflect.Struct:
			fill(t, f, n)
		case f.Kind() == reflect.String:
			f.SetString(string(rune('a' + *n)))
		case f.CanInt():
			f.SetInt(int64(*n))
		default:
			t.Fatalf("the spool does not know fields like %s (%s)", v.Type().Field(i).Name, f.Type())
		}
	}
}

func TestTheSpoolGivesBackWhatArrived(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)
	keys, err := seal.New()
	if err != nil {
		t.Fatal(err)
	}
	disk, err := spool.Open(spool.Options{Dir: t.TempDir(), Keys: keys, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = disk.Close() }()
	l := &Line{spool: disk, drain: loop.New(loop.Loop{Work: nothing})}
	var n int
	put := make([]Arrived, 2)
	fill(t, reflect.ValueOf(&put[0]).Elem(), &n)
	put[1] = Arrived{Channel: "sms", ProviderID: "SM1", Kind: casefile.KindText}
	if err := l.keep(put); err != nil {
		t.Fatal(err)
	}
	records, err := disk.Next(10)
	if err != nil || len(records) != 1 {
		t.Fatalf("%d records (%v), want 1", len(records), err)
	}
	got, err := unkeep(records[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range put {
		put[i].ReceivedAt = noon // by the spool's clock
	}
	if !reflect.DeepEqual(got, put) {
		t.Errorf("got  %+v\nwant %+v", got, put)
	}
}

func TestARecordThatIsNoneOfOursIsOdd(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]spool.Record{
		"no JSON":        {Plain: []byte("{")},
		"parts missing":  {Plain: []byte(`[{"channel":"sms"}]`), Private: make([]casefile.Private, 4)},
		"not even a row": {Plain: []byte(`[{}]`)},
	} {
		if items, err := unkeep(r); err == nil {
			t.Errorf("%s: read as %+v", name, items)
		}
	}
}

func nothing(context.Context) (bool, error) { return false, nil }
