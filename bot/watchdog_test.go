package bot

import (
	"slices"
	"strings"
	"testing"

	"pulang/internal/escalation"
	"pulang/internal/gsm7"
	"pulang/internal/store"
	"pulang/locales"
)

func TestEveryAlarmHasItsWordsInOneSMS(t *testing.T) {
	t.Parallel()
	book, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, l := range limits {
		keys = append(keys, "staff.alarm_"+l.kind, "staff.over_"+l.kind)
	}
	for _, kind := range escalation.Told {
		keys = append(keys, alarmKey(kind))
	}
	if !slices.Contains(keys, "staff.nobody_on_duty") || alarmKey(store.AlarmFailing) != "staff.alarm_failing" {
		t.Errorf("keys: %q", keys)
	}
	longest := map[string]string{"minutes": "100000", "count": "10000"}
	for _, lang := range book.Langs() {
		for _, key := range keys {
			text, err := book.Text(lang, key, longest)
			if err != nil || !gsm7.OneSegment(text) || strings.Contains(text, "{") {
				t.Errorf("%s in %s is not one SMS: %q (%v)", key, lang, text, err)
			}
		}
	}
}
