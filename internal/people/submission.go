package people

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"roster/ent"
	"roster/ent/predicate"
	"roster/ent/submissionaddress"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// SubmissionAddress is an address for documents that somebody wants: what stands before the @.
type SubmissionAddress struct {
	Kind      rule.SubmissionKind
	LocalPart string
}

// addressesOf are the addresses that a user, or a client account itself where there is no user, has from the beginning: one
// for costs and one for sales (RULES.md K3). Their end is drawn by lot, so that nobody finds them out by names; should it be
// drawn twice, the transaction runs again.
func addressesOf(tx *store.Tx, a account, user *ent.Membership) []*ent.SubmissionAddressCreate {
	if a.kind != rule.Client {
		return nil
	}
	names := []string{a.name}
	if user != nil {
		names = []string{user.FirstName, user.LastName, a.name}
	}
	lot := strings.ToLower(rand.Text()[:7])
	var list []*ent.SubmissionAddressCreate
	for _, kind := range rule.SubmissionKinds {
		end := lot
		if kind == rule.Sales {
			end = "sales." + lot
		}
		create := addressOf(tx, a.id, SubmissionAddress{kind, address.Derive(names, end)})
		if user != nil {
			create.SetMembershipID(user.ID)
		}
		list = append(list, create)
	}
	return list
}

func addressOf(tx *store.Tx, account string, as SubmissionAddress) *ent.SubmissionAddressCreate {
	return tx.SubmissionAddress.Create().SetID(store.NewID("sad")).SetClientAccountID(account).SetKind(as.Kind).SetLocalPart(as.LocalPart).SetCreatedAt(tx.Now)
}

// makeAddresses writes addresses, some hundred in a statement.
func makeAddresses(ctx context.Context, tx *store.Tx, list []*ent.SubmissionAddressCreate) error {
	for some := range slices.Chunk(list, 2*batch) {
		if err := tx.SubmissionAddress.CreateBulk(some...).Exec(ctx); err != nil {
			return fmt.Errorf("make %d submission addresses: %w", len(some), err)
		}
	}
	return nil
}

// readdress is a change of the addresses of a user or an account: which come, which come back, and which are not used any
// more. Those stay theirs.
type readdress struct {
	account, user string // the user is empty for the account's own
	fresh         []SubmissionAddress
	back          map[string]rule.SubmissionKind // by id
	retired       []string
	change        journal.Change
}

// newAddresses compares the addresses that somebody wants with those there are. Kinds that are not named stay as they are.
func newAddresses(ctx context.Context, tx *store.Tx, account, user string, wanted *[]SubmissionAddress) (r readdress, f rule.Addresses, err error) {
	if wanted == nil || len(*wanted) == 0 {
		return r, f, nil
	}
	if len(*wanted) > rule.MaxAddresses {
		return r, f, rule.BadRequest("give at most 20 submission addresses at once")
	}
	r = readdress{account: account, user: user, back: map[string]rule.SubmissionKind{}}
	kinds, at := map[rule.SubmissionKind]bool{}, map[string]int{}
	for i, w := range *wanted {
		kinds[w.Kind] = true
		local, err := address.LocalPart(w.LocalPart)
		one := rule.WantedAddress{Field: []string{"input", "submissionAddresses", strconv.Itoa(i), "localPart"}, Broken: err != nil}
		if _, one.Twice = at[local]; err == nil && !one.Twice {
			at[local] = i
		}
		f.Wanted = append(f.Wanted, one)
	}
	list, err := tx.SubmissionAddress.Query().Where(submissionaddress.Or(heldBy(account, user), submissionaddress.LocalPartIn(slices.Collect(maps.Keys(at))...))).
		Order(ent.Asc(submissionaddress.FieldID)).All(store.Facts(ctx))
	if err != nil {
		return r, f, fmt.Errorf("read submission addresses of %s: %w", account, err)
	}
	var before, after []string
	for _, row := range list {
		i, asked := at[row.LocalPart]
		delete(at, row.LocalPart)
		if row.ClientAccountID != account || some(row.MembershipID) != user {
			f.Wanted[i].Taken = true
			continue
		}
		f.Had++
		now := row.RetiredAt == nil
		if now {
			before = append(before, spelled(row.Kind, row.LocalPart))
		}
		switch {
		case asked:
			kind := (*wanted)[i].Kind
			after = append(after, spelled(kind, row.LocalPart))
			if !now || kind != row.Kind {
				r.back[row.ID] = kind
			}
		case now && kinds[row.Kind]:
			r.retired = append(r.retired, row.ID)
		case now:
			after = append(after, spelled(row.Kind, row.LocalPart))
		}
	}
	for _, local := range slices.Sorted(maps.Keys(at)) {
		r.fresh = append(r.fresh, SubmissionAddress{(*wanted)[at[local]].Kind, local})
		after = append(after, spelled((*wanted)[at[local]].Kind, local))
	}
	f.Fresh = len(r.fresh)
	r.change = journal.Turn("submissionAddresses", together(before), together(after))
	return r, f, nil
}

// spelled is an address as the journal has it.
func spelled(kind rule.SubmissionKind, local string) string { return string(kind) + " " + local }

func together(list []string) string {
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// heldBy are the addresses of a user, or an account's own.
func heldBy(account, user string) predicate.SubmissionAddress {
	if user != "" {
		return submissionaddress.MembershipID(user)
	}
	return submissionaddress.And(submissionaddress.ClientAccountID(account), submissionaddress.MembershipIDIsNil())
}

// save writes the change.
func (r readdress) save(ctx context.Context, tx *store.Tx) error {
	if len(r.retired) > 0 {
		err := tx.SubmissionAddress.Update().Where(submissionaddress.IDIn(r.retired...)).SetRetiredAt(tx.Now).Exec(ctx)
		if err != nil {
			return fmt.Errorf("retire submission addresses of %s: %w", r.account, err)
		}
	}
	for id, kind := range r.back {
		if err := tx.SubmissionAddress.UpdateOneID(id).SetKind(kind).ClearRetiredAt().Exec(store.Facts(ctx)); err != nil {
			return fmt.Errorf("bring back submission address %s: %w", id, err)
		}
	}
	var list []*ent.SubmissionAddressCreate
	for _, one := range r.fresh {
		create := addressOf(tx, r.account, one)
		if r.user != "" {
			create.SetMembershipID(r.user)
		}
		list = append(list, create)
	}
	return makeAddresses(ctx, tx, list)
}

// WhatsApp is a change of the number that a user's documents come from.
type WhatsApp struct {
	Active bool
	Mobile *string // nil: the one there is, else the person's own
}

// submitting is how a user submits from outside, as it is to be.
type submitting struct {
	addresses readdress
	whatsApp  *WhatsApp
	mobile    string // for WhatsApp
	changes   []journal.Change
}

// newSubmitting is how the user is to submit, and what the rule has to know of it.
func (t *target) newSubmitting(ctx context.Context, tx *store.Tx, input Details, own string, f *rule.Details) (s submitting, err error) {
	if s.addresses, f.Addresses, err = newAddresses(ctx, tx, t.AccountID, t.ID, input.Addresses); err != nil {
		return s, err
	}
	s.changes = journal.Changes(s.addresses.change)
	if s.whatsApp = input.WhatsApp; s.whatsApp == nil {
		return s, nil
	}
	switch given := some(s.whatsApp.Mobile); {
	case given != "":
		s.mobile, err = mobile(given, t.account)
		f.WhatsApp.MobileBroken = err != nil
	case t.WhatsAppMobile != nil:
		s.mobile = *t.WhatsAppMobile
	default:
		s.mobile = own
	}
	f.WhatsApp.Given, f.WhatsApp.On, f.WhatsApp.Mobile = true, s.whatsApp.Active, s.mobile
	s.changes = append(s.changes, journal.Changes(journal.Turn("whatsAppMobile", some(t.WhatsAppMobile), s.mobile),
		journal.Turn("whatsAppActive", t.WhatsAppActive, s.whatsApp.Active))...)
	return s, nil
}

// save writes the addresses, and adds the number to the change of the membership.
func (s submitting) save(ctx context.Context, tx *store.Tx, change *ent.MembershipUpdate) error {
	if s.whatsApp != nil && s.mobile != "" {
		change.SetWhatsAppMobile(s.mobile).SetWhatsAppActive(s.whatsApp.Active)
	}
	return s.addresses.save(ctx, tx)
}
