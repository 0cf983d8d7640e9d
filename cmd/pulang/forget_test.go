package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/ledger"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// closedCase puts a closed case into the database, whose conversation began days ago.
func closedCase(t *testing.T, env map[string]string, ref string, days int) (conversation casefile.ID) {
	t.Helper()
	keys, err := seal.OpenFile(env["KEYSET_FILE"], nil)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(store.Options{URL: env["DATABASE_URL"], Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at := time.Now().AddDate(0, 0, -days)
	address := casefile.Address{Channel: "telegram", ID: casefile.Hide("99" + ref)}
	err = db.InTx(t.Context(), func(tx *store.Tx) error {
		if err := tx.StartConversation(t.Context(), address, "id", "", at); err != nil {
			return err
		}
		found, err := tx.FindConversations(t.Context(), []casefile.Address{address})
		if err != nil {
			return err
		}
		conversation = found[0].ID
		lane, err := tx.LockLane(t.Context(), conversation)
		if err != nil {
			return err
		}
		file := store.Case{ID: casefile.NewID(at), Ref: ref, Urgency: casefile.High, QueuedAt: at, Lang: "id", Team: "main", Assessment: []byte(`{}`), OpenedAt: at, LastIn: at}
		if err := tx.OpenCase(t.Context(), file, lane); err != nil {
			return err
		}
		return tx.CloseCase(t.Context(), file.ID, 1, at)
	})
	if err != nil {
		t.Fatal(err)
	}
	return conversation
}

// keyIsThere reports whether the conversation can still be read.
func keyIsThere(t *testing.T, env map[string]string, conversation casefile.ID) bool {
	t.Helper()
	db, err := pgx.Connect(t.Context(), env["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close(context.WithoutCancel(t.Context())) }()
	var there bool
	if err := db.QueryRow(t.Context(), `SELECT wrapped_key IS NOT NULL FROM conversations WHERE id = $1`, conversation).Scan(&there); err != nil {
		t.Fatal(err)
	}
	return there
}

// counted finds the count of a kind in what forget due printed.
func counted(t *testing.T, got said, kind string) string {
	t.Helper()
	for line := range strings.Lines(got.out) {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == kind {
			return fields[1]
		}
	}
	t.Fatalf("nothing is said of %s: %+v", kind, got)
	return ""
}

func TestForgetDueCountsBeforeItForgets(t *testing.T) {
	t.Parallel()
	env := with(installed(t), "LEDGER_DIR", filepath.Join(t.TempDir(), "ledger"))
	old, young := closedCase(t, env, "OLD22", 400), closedCase(t, env, "NEW22", 300)
	dry := pulang(t, env, "", "forget", "due", "--dry-run")
	if dry.code != 0 || counted(t, dry, "case") != "1" || !keyIsThere(t, env, old) {
		t.Errorf("the dry run: %+v", dry)
	}
	if strings.Contains(dry.out, "OLD22") {
		t.Error("the dry run names a case")
	}
	did := pulang(t, env, "", "forget", "due")
	if did.code != 0 || counted(t, did, "case") != "1" || keyIsThere(t, env, old) || !keyIsThere(t, env, young) {
		t.Errorf("the run: %+v", did)
	}
	lines, err := os.ReadFile(filepath.Join(env["LEDGER_DIR"], "forgotten.ledger"))
	if err != nil || !strings.Contains(string(lines), old.String()) {
		t.Errorf("the ledger does not hold the tombstone (%v)", err)
	}
	if again := pulang(t, env, "", "forget", "due"); again.code != 0 || counted(t, again, "case") != "0" {
		t.Errorf("once more: %+v", again)
	}
	if replay := pulang(t, env, "", "forget", "replay"); replay.code != 0 || !strings.Contains(replay.out, "tombstones            1\nforgotten again       0") {
		t.Errorf("replay: %+v", replay)
	}
}

func TestForgetCaseNeedsASupervisorAndAReason(t *testing.T) {
	t.Parallel()
	env := installed(t)
	conversation := closedCase(t, env, "RINA2", 3)
	for _, args := range [][]string{{"--login=siti", "--name=Siti", "--role=supervisor"}, {"--login=budi", "--name=Budi"}} {
		if got := pulang(t, env, "", append([]string{"staff", "add"}, args...)...); got.code != 0 {
			t.Fatalf("%+v", got)
		}
	}
	for says, args := range map[string][]string{
		"nobody with the login dewi":     {"RINA2", "--by=dewi", "--reason=asked"},
		"the role of budi may not":       {"RINA2", "--by=budi", "--reason=asked"},
		"there is no case WRONG":         {"WRONG", "--by=siti", "--reason=asked"},
		"--reason is empty":              {"RINA2", "--by=siti", "--reason= "},
		"missing flags: --reason=STRING": {"RINA2", "--by=siti"},
	} {
		if got := pulang(t, env, "", append([]string{"forget", "case"}, args...)...); got.code == 0 || !strings.Contains(got.err, says) {
			t.Errorf("%v: want %q, got %+v", args, says, got)
		}
	}
	if !keyIsThere(t, env, conversation) {
		t.Fatal("forgotten all the same")
	}
	got := pulang(t, env, "", "forget", "case", "rina2", "--by=siti", "--reason=asked") // as people type it
	if got.code != 0 || keyIsThere(t, env, conversation) || !strings.Contains(got.err, "LEDGER_DIR is not set") {
		t.Errorf("got %+v", got)
	}
	if got := pulang(t, env, "", "forget", "case", "RINA2", "--by=siti", "--reason=asked"); got.code != 1 || !strings.Contains(got.err, "forgotten before") {
		t.Errorf("twice: %+v", got)
	}
}

func TestForgetPolicyShowsWhatTheDeploymentChose(t *testing.T) {
	t.Parallel()
	env := installed(t)
	if got := pulang(t, env, "", "staff", "add", "--login=siti", "--name=Siti", "--role=supervisor"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if got := pulang(t, env, "", "forget", "policy"); got.code != 0 || counted(t, got, "case") != "365" || counted(t, got, "session") != "1" {
		t.Errorf("by itself: %+v", got)
	}
	if got := pulang(t, env, "", "forget", "keep", "case", "1826", "--by=siti", "--reason=x"); got.code != 1 || !strings.Contains(got.err, "1 to 1825 days") {
		t.Errorf("beyond the limit: %+v", got)
	}
	if got := pulang(t, env, "", "forget", "keep", "case", "200", "--by=siti", "--reason=pengadilan"); got.code != 0 {
		t.Errorf("%+v", got)
	}
	if got := pulang(t, env, "", "forget", "policy"); counted(t, got, "case") != "200" {
		t.Errorf("afterwards: %+v", got)
	}
}

// TestServeForgetsWhatCameBackBeforeItOpens: the ledger names a conversation that a
// backup brought back; and what is due goes while the line is open.
func TestServeForgetsWhatCameBackBeforeItOpens(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	env = with(env, "LEDGER_DIR", filepath.Join(t.TempDir(), "ledger"))
	back, due, young := closedCase(t, env, "BACK2", 10), closedCase(t, env, "OLD22", 400), closedCase(t, env, "NEW22", 300)
	outside, err := ledger.Open(env["LEDGER_DIR"])
	if err != nil {
		t.Fatal(err)
	}
	line := fmt.Sprintf("1 %s %s %s by_staff", back, casefile.NewID(time.Now()), time.Now().AddDate(0, 0, -1).UTC().Format(time.RFC3339Nano))
	if err := outside.Append("forgotten", line); err != nil {
		t.Fatal(err)
	}
	s := serve(t, env)
	if keyIsThere(t, env, back) {
		t.Error("the line opened with a forgotten conversation in it")
	}
	s.eventually("what is due is forgotten", func() bool { return !keyIsThere(t, env, due) })
	if !keyIsThere(t, env, young) {
		t.Error("a case that is not due was forgotten")
	}
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := s.ends(); code != 0 {
		t.Errorf("status %d: %s", code, s.said())
	}
}

// TestForgettingSurvivesAKill: killed somewhere in the middle, each case is whole or
// gone, and the next run finishes it, with every tombstone in the ledger.
func TestForgettingSurvivesAKill(t *testing.T) {
	t.Parallel()
	const cases = 30
	env := with(installed(t), "LEDGER_DIR", filepath.Join(t.TempDir(), "ledger"))
	var all []casefile.ID
	for i := range cases {
		all = append(all, closedCase(t, env, fmt.Sprintf("CASE%d", i), 400))
	}
	gone := func() (n int) {
		for _, id := range all {
			if !keyIsThere(t, env, id) {
				n++
			}
		}
		return n
	}
	cmd := exec.Command(os.Args[0], "forget", "due")
	cmd.Env = []string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "GOCOVERDIR=" + t.TempDir()}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); keyIsThere(t, env, all[0]); {
		if time.Now().After(deadline) {
			t.Fatal("nothing was ever forgotten")
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if n := gone(); n == cases {
		t.Logf("all %d were gone before the kill", n)
	}
	if got := pulang(t, env, "", "forget", "due"); got.code != 0 || gone() != cases {
		t.Errorf("%d of %d are gone: %+v", gone(), cases, got)
	}
	lines, err := os.ReadFile(filepath.Join(env["LEDGER_DIR"], "forgotten.ledger"))
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range all {
		if !strings.Contains(string(lines), id.String()) {
			t.Errorf("case %d has no tombstone in the ledger", i)
		}
	}
}

// TestACaseIsHeldByCommandToo: with the same words as on the page, in the name of a
// supervisor, and nothing of it goes before the day.
func TestACaseIsHeldByCommandToo(t *testing.T) {
	t.Parallel()
	env := installed(t)
	conversation := closedCase(t, env, "RINA2", 400)
	for _, args := range [][]string{{"--login=siti", "--name=Siti", "--role=supervisor"}, {"--login=budi", "--name=Budi"}} {
		if got := pulang(t, env, "", append([]string{"staff", "add"}, args...)...); got.code != 0 {
			t.Fatalf("%+v", got)
		}
	}
	day := func(days int) string { return "--until=" + time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	for says, args := range map[string][]string{
		"nobody with the login dewi": {"hold", "RINA2", day(9), "--by=dewi", "--reason=x"},
		"the role of budi may not":   {"hold", "RINA2", day(9), "--by=budi", "--reason=x"},
		"there is no case WRONG":     {"hold", "WRONG", day(9), "--by=siti", "--reason=x"},
		"must be a day":              {"hold", "RINA2", "--until=besok", "--by=siti", "--reason=x"},
		"must lie ahead":             {"hold", "RINA2", day(-9), "--by=siti", "--reason=x"},
		"at most 366 days":           {"hold", "RINA2", day(500), "--by=siti", "--reason=x"},
		"--reason is empty":          {"hold", "RINA2", day(9), "--by=siti", "--reason= "},
		"nobody keeps that case":     {"let-go", "RINA2", "--by=siti", "--reason=x"},
	} {
		if got := pulang(t, env, "", append([]string{"forget"}, args...)...); got.code == 0 || !strings.Contains(got.err, says) {
			t.Errorf("%v: want %q, got %+v", args, says, got)
		}
	}
	if got := pulang(t, env, "", "forget", "hold", "rina2", day(9), "--by=siti", "--reason=sidang"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if got := pulang(t, env, "", "forget", "due"); got.code != 0 || !keyIsThere(t, env, conversation) {
		t.Errorf("forgotten while it is held: %+v", got)
	}
	if got := pulang(t, env, "", "forget", "case", "RINA2", "--by=siti", "--reason=x"); got.code == 0 || !strings.Contains(got.err, "let-go") {
		t.Errorf("by hand: %+v", got)
	}
	if got := pulang(t, env, "", "forget", "let-go", "RINA2", "--by=siti", "--reason=selesai"); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	if got := pulang(t, env, "", "audit", "list"); !strings.Contains(got.out, "case.kept") || !strings.Contains(got.out, "case.let_go") {
		t.Errorf("the audit: %+v", got)
	}
	if got := pulang(t, env, "", "forget", "due"); got.code != 0 || keyIsThere(t, env, conversation) {
		t.Errorf("its time is over: %+v", got)
	}
}
