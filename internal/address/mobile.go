package address

import (
	"errors"

	"github.com/nyaruka/phonenumbers"
)

// ErrMobile means that a text is no phone number that exists.
var ErrMobile = errors.New("address: not a phone number")

// Mobile reads a number in E.164, or as it is written in a country (ISO 3166), and gives it in E.164.
func Mobile(text, country string) (string, error) {
	n, err := phonenumbers.Parse(text, country)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", ErrMobile
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

// Country reports whether a text is the code of a country whose numbers are known (ISO 3166, two capitals).
func Country(code string) bool { return phonenumbers.GetCountryCodeForRegion(code) != 0 }

// CountryOf is the country of a number in E.164 (ISO 3166, two capitals); empty for those that belong to none.
func CountryOf(mobile string) string {
	n, err := phonenumbers.Parse(mobile, "")
	if err != nil {
		return ""
	}
	return phonenumbers.GetRegionCodeForNumber(n)
}
