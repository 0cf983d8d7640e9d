package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/jackc/pgx/v5"

	"pulang/internal/casefile"
	"pulang/internal/fakes"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// writes posts a message of a person, as Telegram does, until it is answered 200.
func (s *served) writes(secret string, update, who int64) error {
	body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":1772300000,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"x"},"text":"tolong"}}`, update, update, who, who)
	var last error
	for range 40 { // Telegram repeats for a day
		req, err := http.NewRequest(http.MethodPost, s.url+"/webhooks/telegram", strings.NewReader(body))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return nil
		}
		last = fmt.Errorf("status %d", answer.StatusCode)
	}
	return last
}

// rotates runs pulang keys rotate in a process of its own, kills it when it has said a
// line that holds a word (empty: lets it end), and gives what it said.
func rotates(t *testing.T, env map[string]string, killAt string) string {
	t.Helper()
	cmd := exec.Command(os.Args[0], "keys", "rotate")
	cmd.Env = []string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "GOCOVERDIR=" + t.TempDir()}
	for name, value := range env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	limit := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer limit.Stop()
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if killAt != "" && strings.Contains(lines.Text(), killAt) {
			_ = cmd.Process.Kill()
			break
		}
	}
	_, _ = io.Copy(io.Discard, out)
	if err := cmd.Wait(); (err != nil) != (killAt != "") {
		t.Fatalf("rotate, to be killed at %q: %v\n%s%s", killAt, err, said.String(), errs.String())
	}
	return said.String()
}

func count(t *testing.T, url, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestKeysTurnOverWhileTwoServeAndRotateIsKilledAtEachStep(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	env = with(env, "TELEGRAM_POLLING", "", "METRICS_ADDR", "127.0.0.1:0")
	secret, url := env["TELEGRAM_WEBHOOK_SECRET"], env["DATABASE_URL"]
	one, other := serve(t, env), serve(t, env)
	one.eventually("both say which keys they have read", func() bool { return count(t, url, `SELECT count(*) FROM keyset_readers`) == 2 })
	before, err := seal.OpenFile(env["KEYSET_FILE"], nil)
	if err != nil {
		t.Fatal(err)
	}

	const people = 12
	var stop atomic.Bool
	var update atomic.Int64
	var writing sync.WaitGroup
	for _, s := range []*served{one, other} { // the same people write to both
		writing.Go(func() {
			for n := int64(0); !stop.Load() || n < people; n++ {
				if err := s.writes(secret, update.Add(1), 5000+n%people); err != nil {
					t.Errorf("a message is not taken: %v", err)
					return
				}
			}
		})
	}
	for _, killAt := range []string{"Adding new keys", "Sealing with the new keys", "Re-encrypting", "Nothing is left"} {
		rotates(t, env, killAt)
	}
	said := rotates(t, env, "")
	stop.Store(true)
	writing.Wait()

	after, err := seal.OpenFile(env["KEYSET_FILE"], nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said, "Carrying on") || !strings.Contains(said, after.Fingerprint()) || after.Phase() != seal.Steady || after.Slot() == before.Slot() {
		t.Errorf("the keys were not turned over:\n%s", said)
	}
	for claim, sql := range map[string]string{
		"two conversations for one person": fmt.Sprintf(`SELECT count(*) - %d FROM conversations`, people),
		"two cases for one person":         fmt.Sprintf(`SELECT count(*) - %d FROM cases`, people),
		"a message is lost or repeated":    fmt.Sprintf(`SELECT count(*) - %d FROM messages`, update.Load()),
		"an index value of the old key":    `SELECT count(*) FROM conversations WHERE address_index IS NOT NULL`,
		"a person without an index":        `SELECT count(*) FROM conversations WHERE address_index_next IS NULL`,
		"a data key under the old key":     fmt.Sprintf(`SELECT count(*) FROM conversations WHERE substring(wrapped_key FROM 1 FOR 5) <> '\x%x'`, after.WrapPrefix()),
		"a message was set aside":          `SELECT count(*) FROM messages WHERE state = 'set_aside'`,
	} {
		one.eventually("not "+claim, func() bool { return count(t, url, sql) == 0 })
	}
}

func TestAServeThatSleptThroughARotationDoesNoHarm(t *testing.T) {
	t.Parallel()
	_, env := withTelegram(t)
	env = with(env, "TELEGRAM_POLLING", "", "METRICS_ADDR", "127.0.0.1:0")
	secret, url := env["TELEGRAM_WEBHOOK_SECRET"], env["DATABASE_URL"]
	asleep := serve(t, env)
	if err := asleep.writes(secret, 1, 5001); err != nil {
		t.Fatal(err)
	}
	asleep.eventually("it is known", func() bool { return count(t, url, `SELECT count(*) FROM keyset_readers`) == 1 })
	if err := asleep.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if _, err := conn.Exec(t.Context(), `DELETE FROM keyset_readers`); err != nil { // as if half a minute went by
		t.Fatal(err)
	}
	rotates(t, env, "")
	said := make(chan error, 2)
	for i := range int64(2) { // one who wrote before, and one who did not
		go func() { said <- asleep.writes(secret, 2+i, 5001+i) }()
	}
	if err := asleep.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-said; err != nil {
			t.Errorf("awake again it takes no message: %v\n%s", err, asleep.said())
		}
	}
	if n := count(t, url, `SELECT count(*) FROM conversations WHERE address_index IS NULL AND address_index_next IS NOT NULL`); n != 2 {
		t.Errorf("%d conversations for two people, under the new key", n)
	}
	asleep.eventually("it answers both", func() bool { return count(t, url, `SELECT count(*) FROM messages WHERE state <> 'taken'`) == 0 })
}

// opened is a share as its holder brings it.
func opened(t *testing.T, path string, identity age.Identity) string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(body)), identity)
	if err != nil {
		t.Fatal(err)
	}
	part := filepath.Join(t.TempDir(), "part.txt")
	text, err := io.ReadAll(r)
	if err := errors.Join(err, os.WriteFile(part, text, 0o600)); err != nil {
		t.Fatal(err)
	}
	return part
}

// tolong stores a message of somebody, sealed with the keyset of an environment, or
// reads it back when it is there.
func tolong(t *testing.T, env map[string]string) (text casefile.Private, err error) {
	t.Helper()
	keys, err := seal.OpenFile(env["KEYSET_FILE"], nil)
	if err != nil {
		return casefile.Private{}, err
	}
	db, err := store.Open(store.Options{URL: env["DATABASE_URL"], Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	at, who := time.Now(), casefile.Address{Channel: "telegram", ID: casefile.Hide("5001")}
	err = db.InTx(t.Context(), func(tx *store.Tx) error {
		if err := tx.StartConversation(t.Context(), who, "id", "", at); err != nil {
			return err
		}
		found, err := tx.FindConversations(t.Context(), []casefile.Address{who})
		if err != nil {
			return err
		}
		c := found[0]
		m := store.Message{ID: casefile.NewID(at), Channel: "telegram", ProviderID: "1", Conversation: c.ID, Kind: casefile.KindText,
			State: store.Waiting, Text: casefile.Hide("tolong"), ReceivedAt: at}
		if _, err := tx.StoreMessages(t.Context(), []store.Message{m}, map[casefile.ID]seal.Key{c.ID: c.Key}); err != nil {
			return err
		}
		waiting, err := tx.WaitingMessages(t.Context(), []store.Conversation{{ID: c.ID, Key: c.Key}})
		if err == nil {
			text = waiting[c.ID][0].Text
		}
		return err
	})
	return text, err
}

func TestTheRestoreDrill(t *testing.T) {
	t.Parallel()
	env, dir := installed(t), t.TempDir()
	if _, err := tolong(t, env); err != nil {
		t.Fatal(err)
	}
	fingerprint := pulang(t, env, "", "keys", "fingerprint").out
	people := map[string]*age.X25519Identity{}
	args := []string{"keys", "escrow", "--threshold=2", "--out=" + filepath.Join(dir, "escrow")}
	for _, name := range []string{"ani", "budi", "citra"} {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		people[name] = id
		args = append(args, "--holder="+name+"="+id.Recipient().String())
	}
	if got := pulang(t, env, "", args...); got.code != 0 || !strings.Contains(got.out, strings.TrimSpace(fingerprint)) {
		t.Fatalf("making the escrow: %+v", got)
	}
	if got := pulang(t, env, "", args...); got.code != 1 || !strings.Contains(got.err, "exists already") {
		t.Errorf("over an escrow: %+v", got)
	}
	readme, err := os.ReadFile(filepath.Join(dir, "escrow", "README.txt"))
	if err != nil || !strings.Contains(string(readme), strings.TrimSpace(fingerprint)) || !strings.Contains(string(readme), "2 of the 3 shares") {
		t.Errorf("README.txt: %v\n%s", err, readme)
	}

	if err := os.Remove(env["KEYSET_FILE"]); err != nil { // the machine burned down
		t.Fatal(err)
	}
	if got := pulang(t, env, "", "staff", "list"); got.code != 1 || !strings.Contains(got.err, "does not exist") {
		t.Errorf("without the keyset: %+v", got)
	}
	share := func(name string) string {
		return "--share=" + opened(t, filepath.Join(dir, "escrow", "share-"+name+".age"), people[name])
	}
	restore := []string{"keys", "restore", "--escrow=" + filepath.Join(dir, "escrow", "keyset.age"), "--out=" + env["KEYSET_FILE"]}
	if got := pulang(t, env, "", append(restore, share("citra"))...); got.code != 1 || !strings.Contains(got.err, "1 shares are given and 2 are needed") {
		t.Errorf("one share of two: %+v", got)
	}
	if _, err := os.Stat(env["KEYSET_FILE"]); err == nil {
		t.Error("a refused restore left a file")
	}
	if got := pulang(t, env, "", append(restore, share("citra"), share("ani"))...); got.code != 0 || !strings.Contains(got.out, strings.TrimSpace(fingerprint)) {
		t.Fatalf("two shares: %+v", got)
	}
	if text, err := tolong(t, env); err != nil || !text.Is("tolong") {
		t.Errorf("what was sealed before the loss does not open: %v", err)
	}

	identity := filepath.Join(dir, "budi.txt")
	if err := os.WriteFile(identity, []byte(people["budi"].String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	restore[3] = "--out=" + filepath.Join(dir, "again")
	got := pulang(t, env, "", append(restore, share("ani"), "--identity="+identity, "--share="+filepath.Join(dir, "escrow", "share-budi.age"))...)
	if got.code != 0 {
		t.Errorf("a share that is still encrypted, with its identity: %+v", got)
	}
}

func TestAKeysetSealedByAKMS(t *testing.T) {
	t.Parallel()
	v := fakes.NewVault("hvs.canary")
	t.Cleanup(v.Close)
	dir := t.TempDir()
	if err := v.WriteCACert(filepath.Join(dir, "ca.pem")); err != nil {
		t.Fatal(err)
	}
	env := with(installed(t), "KEYSET_FILE", filepath.Join(dir, "keyset"), "KEYSET_KMS_URI", v.KeyURI(), "VAULT_TOKEN", "hvs.canary", "VAULT_CACERT", filepath.Join(dir, "ca.pem"))
	if got := pulang(t, env, "", "keys", "new", env["KEYSET_FILE"]); got.code != 0 || !strings.Contains(got.out, "sealed by "+v.KeyURI()) {
		t.Fatalf("keys new: %+v", got)
	}
	if got := pulang(t, env, "", "staff", "add", "--login=rani", "--name=Rani"); got.code != 0 {
		t.Errorf("a command with it: %+v", got)
	}
	doctor := pulang(t, env, "", "doctor")
	if !strings.Contains(doctor.out, "sealed by the KMS") || strings.Contains(doctor.out, "hvs.canary") {
		t.Errorf("doctor: %s", doctor.out)
	}
	for _, wrong := range []struct {
		says    string
		changes []string
	}{
		{"VAULT_TOKEN is not", []string{"VAULT_TOKEN", ""}},
		{"set KEYSET_KMS_URI to", []string{"KEYSET_KMS_URI", ""}},
		{"VAULT_TOKEN ran out", []string{"VAULT_TOKEN", "hvs.other"}},
		{"looks like hcvault://", []string{"KEYSET_KMS_URI", "gcp-kms://x"}},
		{"VAULT_CACERT is not", []string{"VAULT_CACERT", "/nowhere"}},
	} {
		if got := pulang(t, with(env, wrong.changes...), "", "staff", "list"); got.code != 1 || !strings.Contains(got.err, wrong.says) || strings.Contains(got.err, "hvs.") {
			t.Errorf("%v: %+v, want %q", wrong.changes, got, wrong.says)
		}
	}
	rotated := pulang(t, env, "", "keys", "rotate")
	if list := pulang(t, env, "", "staff", "list"); rotated.code != 0 || list.code != 0 || !strings.Contains(list.out, "rani") {
		t.Errorf("after a rotation: %+v %+v", rotated, list)
	}
}

func TestACopyOfTheKeysetFromBeforeARotationIsRefused(t *testing.T) {
	t.Parallel()
	env := installed(t)
	old, err := os.ReadFile(env["KEYSET_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	if got := pulang(t, env, "", "keys", "rotate"); got.code != 0 {
		t.Fatalf("rotating: %+v", got)
	}
	if err := os.WriteFile(env["KEYSET_FILE"], old, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"staff", "list"}, {"serve"}, {"keys", "rotate"}} {
		if got := pulang(t, env, "", args...); got.code != 1 || !strings.Contains(got.err, "newest keyset file") {
			t.Errorf("%v: %+v", args, got)
		}
	}
}

func TestAKeysetOfAnotherDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	env := installed(t)
	if got := pulang(t, env, "", "staff", "add", "--login=rani", "--name=Rani"); got.code != 0 {
		t.Fatalf("staff add: %+v", got)
	}
	other := with(env, "KEYSET_FILE", filepath.Join(t.TempDir(), "keyset"))
	if err := seal.Create(other["KEYSET_FILE"], nil); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(other["KEYSET_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"serve"}, {"staff", "add", "--login=budi", "--name=Budi"}, {"keys", "rotate"}, {"forget", "due"}} {
		if got := pulang(t, other, "", args...); got.code != 1 || !strings.Contains(got.err, "not the one of this database") {
			t.Errorf("%v: %+v", args, got)
		}
	}
	if got := pulang(t, other, "", "doctor"); got.code != 1 || !strings.Contains(got.out, "not the one of this database") {
		t.Errorf("doctor: %+v", got)
	}
	if after, err := os.ReadFile(other["KEYSET_FILE"]); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the keyset that was refused was changed: %v", err)
	}
	if got := pulang(t, env, "", "staff", "list"); got.code != 0 || strings.Contains(got.out, "budi") {
		t.Errorf("with the right keyset: %+v", got)
	}
}
