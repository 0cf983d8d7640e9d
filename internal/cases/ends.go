package cases

import (
	"encoding/base64"
	"errors"

	"pulang/internal/access"
	"pulang/internal/seal"
	"pulang/internal/store"
)

// ErrBadPlace says that the end of a page is not one of ours, or not of this reader.
var ErrBadPlace = errors.New("not the end of a page")

// Where a page of a list ended stands in an address, in histories and in what people
// send each other. A piece of a list may end at a case that is kept from its reader: so
// the end is sealed, for this list and this reader, and tells nothing.
func endPlace(list string, me access.Staff) seal.Place {
	return seal.Place{Table: "lists", Column: list, Row: me.ID}
}

// sealEnd is the end of a page as an address has it; empty when there is no next page.
func sealEnd(tx *store.Tx, me access.Staff, list, end string) (string, error) {
	if end == "" {
		return "", nil
	}
	sealed, err := tx.Keys().Own().Seal(endPlace(list, me), []byte(end))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// openEnd is what sealEnd sealed; ErrBadPlace when it did not.
func openEnd(tx *store.Tx, me access.Staff, list, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(sealed) == 0 {
		return "", ErrBadPlace
	}
	end, err := tx.Keys().Own().Open(endPlace(list, me), sealed)
	if err != nil {
		return "", ErrBadPlace
	}
	return string(end), nil
}
