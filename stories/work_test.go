package stories

import (
	"pulang/internal/casefile"
	"pulang/internal/cases"
)

// ends closes a case as it was read, with all it takes: that the danger is over.
func (s *shift) ends(v cases.View, why string) error {
	s.t.Helper()
	version := v.Case.Version
	if v.Case.Urgency >= casefile.High {
		check(s.t, s.desk.DangerOver(s.t.Context(), s.who, s.ref(), version, why))
		version++
	}
	return s.desk.Close(s.t.Context(), s.who, s.ref(), version, why)
}
