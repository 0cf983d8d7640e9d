package access

import (
	"fmt"
	"strings"
)

// Page is docs/access.md: the tables as they are, for the people who own them.
func Page() string {
	var b strings.Builder
	b.WriteString(`# Who may see and do what

This page is made from the tables of internal/access; change them there.

## Roles and permissions

| permission |`)
	for _, role := range Roles {
		fmt.Fprintf(&b, " %s |", role)
	}
	b.WriteString(" why |\n|---|" + strings.Repeat("---|", len(Roles)+1) + "\n")
	for _, row := range Table {
		fmt.Fprintf(&b, "| %s |", row.Permission)
		for _, role := range Roles {
			fmt.Fprintf(&b, " %s |", map[bool]string{true: "yes", false: "-"}[May(role, row.Permission)])
		}
		fmt.Fprintf(&b, " %s |\n", row.Why)
	}
	b.WriteString("\nAn unknown role may do nothing. Only our own, and nobody whom an agency sends, may")
	for i, permission := range Ours {
		b.WriteString(map[bool]string{true: " ", false: ", "}[i == 0] + string(permission))
	}
	b.WriteString(": it holds for every case, also those kept from them, or nothing brings it back.\n")
	b.WriteString(fieldsPage())
	b.WriteString(reachPage())
	return b.String()
}

func fieldsPage() string {
	var b strings.Builder
	b.WriteString("\n## What stays covered\n\nThe press is recorded in the audit and holds for the one page that answers it.\n\n" +
		"| field | what | needs | shown | why |\n|---|---|---|---|---|\n")
	for _, f := range Fields {
		shown := "when pressed"
		switch {
		case f.Need == "":
			shown = "never"
		case !f.Covered:
			shown = "always"
		}
		need := string(f.Need)
		if need == "" {
			need = "nobody's"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", f.Field, f.Says, need, shown, f.Why)
	}
	return b.String()
}

func reachPage() string {
	var b strings.Builder
	b.WriteString(`
## Which cases one reaches

The first line that holds decides. *Reached* is listed and opens. *Shut* is not listed, and opens with a written reason, which is
recorded and raises an alarm for supervisors. *Never* is the same page as for a case that does not exist.

| rule | when | verdict | why |
|---|---|---|---|
`)
	for _, r := range Rules {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.Name, r.Says, r.Verdict, r.Why)
	}
	b.WriteString("\nRoles that read no case see of the queue that people wait, and nothing of what a case is kept from them for.\n")
	b.WriteString(`
## Whom a report is kept from

Every member of staff belongs to an agency (` + "`pulang staff add --agency`" + `); ours is ` + "`pulang`" + `. A report that names one of these, in the person's own words,
is kept from the agencies beside it: from queue, page, alerts, counts and audit details, from that message on. Supervisors can lift it, with a reason;
whoever reads the case can keep out a colleague or a further agency. The mere answer to "have you reported it?" names nobody.

| named | kept from | why |
|---|---|---|
`)
	for _, c := range Conflicts {
		from := make([]string, len(c.From))
		for i, a := range c.From {
			from[i] = string(a)
		}
		if len(from) == 0 {
			from = []string{"every agency but ours and `ngo:`"}
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", c.Named, strings.Join(from, ", "), c.Why)
	}
	return b.String()
}
