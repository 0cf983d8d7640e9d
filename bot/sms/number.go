package sms

import (
	"errors"

	"github.com/nyaruka/phonenumbers"

	"pulang/internal/casefile"
)

// ErrNumber says that something is not a valid phone number. It does not say
// what it was.
var ErrNumber = errors.New("not a valid phone number")

// Normal is the number as E.164, however it was written: 0812-3456-789 in region
// ID is +628123456789. The region is where a number without a country code
// belongs (DEFAULT_REGION). A number that could exist but is in no numbering
// plan is ErrNumber.
func Normal(number, region string) (casefile.Private, error) {
	parsed, err := phonenumbers.Parse(number, region)
	if err != nil || !phonenumbers.IsValidNumber(parsed) {
		return casefile.Private{}, ErrNumber
	}
	return casefile.Hide(phonenumbers.Format(parsed, phonenumbers.E164)), nil
}

// countryOf is the ISO country a number belongs to; empty when it is nobody's, as
// with satellite phones.
func countryOf(number string) string {
	parsed, err := phonenumbers.Parse(number, "")
	if err != nil {
		return ""
	}
	country := phonenumbers.GetRegionCodeForNumber(parsed)
	if len(country) != 2 || country == "ZZ" {
		return ""
	}
	return country
}

// sender is the address of who wrote. Short codes and names of companies are
// kept as they came: they cannot be answered, but what they said is not lost.
func sender(from string) casefile.Private {
	if number, err := Normal(from, ""); err == nil {
		return number
	}
	return casefile.Hide(from)
}

// Typed is the address that staff mean by a number they typed; false when it is none.
// The region is where a number without a country code belongs.
func (*SMS) Typed(text, region string) (casefile.Private, bool) {
	number, err := Normal(text, region)
	return number, err == nil
}
