package flows

import (
	"fmt"
	"strings"

	"pulang/internal/casefile"
)

// Conversations are what can be drawn: the opening (as casefile.FlowAll), and
// each flow.
func Conversations() []casefile.Flow { return append([]casefile.Flow{casefile.FlowAll}, Names()...) }

// Mermaid draws a conversation as a flow chart. A question with a dashed border
// has disguised words; the others wait until nobody else reads the phone.
func Mermaid(flow casefile.Flow) string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	b.WriteString("    start([first message, or a message after 15 minutes]) --> safe_now\n")
	b.WriteString("    safe_now[\"safe_now<br/>1 yes, 2 no\"]:::masked -- no --> silent([silence until they write again])\n")
	nodes := list(flow)
	fmt.Fprintf(&b, "    safe_now -- yes, or anything else --> %s\n", entry(nodes, 0, flow))
	for i, n := range nodes {
		next := entry(nodes, i+1, flow)
		if n.label != "" {
			fmt.Fprintf(&b, "    c%d{%q} -- yes --> q%d\n    c%d -- no --> %s\n", i, n.label+"?", i, i, next)
		}
		class := ""
		if n.mask != "" {
			class = ":::masked"
		}
		fmt.Fprintf(&b, "    q%d[%q]%s --> %s\n", i, n.id()+"<br/>"+casefile.Key(meanings(n.question(false))), class, next)
	}
	b.WriteString("    " + lastly(flow) + "\n    classDef masked stroke-dasharray: 5 5\n")
	return b.String()
}

// entry is where the chart arrives at the i-th question.
func entry(nodes []node, i int, flow casefile.Flow) string {
	switch {
	case i < len(nodes) && nodes[i].label != "":
		return fmt.Sprintf("c%d", i)
	case i < len(nodes):
		return fmt.Sprintf("q%d", i)
	case flow == casefile.FlowAll || flow == casefile.FlowInfo:
		return "ending"
	}
	return "person"
}

func lastly(flow casefile.Flow) string {
	switch flow {
	case casefile.FlowAll:
		return "ending([the questions for whoever writes])"
	case casefile.FlowInfo:
		return "ending([what the signs mean]) -- urgent, watched, or asked for --> person([a person])"
	}
	return "person([a person])"
}

// meanings are the answers with their digits: "1 yes, 2 no, 3 unsure".
func meanings(q casefile.Question) string {
	parts := make([]string, 0, len(q.Options)+1)
	for i, option := range q.Options {
		parts = append(parts, fmt.Sprintf("%d %s", i+1, option))
	}
	if q.Open != casefile.OpenNone {
		parts = append(parts, "or words")
	}
	return strings.Join(parts, ", ")
}
