package store

import "context"

// InHand counts the deliveries that are with a provider at this moment. The demo
// waits for none before it moves its clock: their leases run by it.
func (t *Tx) InHand(ctx context.Context) (int, error) {
	var n int
	err := t.row(ctx, "count deliveries in hand", `SELECT count(*) FROM outbox WHERE state = 'claimed'`, nil, &n)
	return n, err
}
