package rule

import (
	"slices"
	"strings"
)

// genericNames are local parts that several people read, or a machine (RULES.md C7): those of RFC 2142, and what small
// businesses use.
var genericNames = strings.Fields(`abuse accounting accounts admin administrator billing bills bookings bookkeeping contact customerservice
	enquiries enquiry finance hello help helpdesk hostmaster hr info inquiries invoice invoices jobs legal mail marketing
	news noc no-reply noreply office orders payroll postmaster press purchasing reception receipts root sales secretary
	security service shop staff support team webmaster welcome`)

// commonDomains are where people have their own address most often. One typing error away from one of them is likely to
// be one; the list holds neighbours that are right as well.
var commonDomains = strings.Fields(`aol.com aol.co.uk bigpond.com bt.com btinternet.com btopenworld.com comcast.net email.com
	fastmail.com free.fr freenet.de gmail.com gmx.co.uk gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com
	hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com laposte.net libero.it live.co.uk live.com live.fr live.nl mac.com
	mail.com me.com msn.com ntlworld.com orange.fr outlook.com outlook.de outlook.es outlook.fr outlook.ie proton.me protonmail.com
	rocketmail.com sky.com t-online.de talktalk.net tiscali.co.uk verizon.net virgin.net virginmedia.com wanadoo.fr web.de
	xtra.co.nz yahoo.ca yahoo.co.in yahoo.co.uk yahoo.com yahoo.com.au yahoo.de yahoo.es yahoo.fr yahoo.ie yahoo.it ymail.com`)

// shortestMistyped is the shortest domain that is compared: of shorter ones too many neighbours are right.
const shortestMistyped = 8

// EmailWarnings are what is worth a look at an address that was taken all the same (C7). It wants a normalised address.
func EmailWarnings(email string) Verdict {
	local, domain, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	var v Verdict
	if slices.Contains(genericNames, local) {
		v = append(v, Problem{Code: EmailGeneric, Field: []string{"input", "email"},
			Message: "This looks like an address that several people read: each of them could sign in as this person. Better use the person's own."})
	}
	if meant := mistyped(domain); meant != "" {
		v = append(v, Problem{Code: EmailLooksMistyped, Field: []string{"input", "email"},
			Message: "The address ends in " + domain + ". If " + meant + " was meant, correct it: the mail goes to somebody else otherwise."})
	}
	return v
}

// mistyped is the common domain that is one typing error away; empty when there is none, or when the domain is one.
func mistyped(domain string) string {
	if slices.Contains(commonDomains, domain) {
		return ""
	}
	for _, common := range commonDomains {
		if len(common) >= shortestMistyped && oneErrorApart(domain, common) {
			return common
		}
	}
	return ""
}

// oneErrorApart reports whether two texts differ by one letter added, left out, mistaken, or by two neighbours swapped:
// the distance of Damerau (1964).
func oneErrorApart(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if a == b {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	return swapped || a[i+1:] == b[i+1:]
}
