package document

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roster/ent"
	"roster/ent/document"
	"roster/ent/upload"
	"roster/internal/address"
	"roster/internal/journal"
	"roster/internal/rule"
	"roster/internal/store"
)

// arrival is one document that is to be made.
type arrival struct {
	file       incoming
	account    string
	owner, on  string // ids of memberships: whose it is, and on whose behalf it came where that was another; may be empty
	by, byName string // the membership that submits it, where it is one we know; and a name in any case
	via        string // the practice it was submitted through
	channel    rule.SubmissionChannel
	kind       rule.SubmissionKind
	actor      journal.Actor // the viewer, unless said
	leftOut    string        // what else the message held, which is no document
}

type (
	// judging finds what is to be made, or refuses. It is asked twice, since things may change while a file is written.
	judging func(ctx context.Context, tx *store.Tx) ([]arrival, error)
	// finishing ends the transaction in which the documents were made, in the order of what was judged.
	finishing func(ctx context.Context, tx *store.Tx, made []Submitted) error
)

// errLacking means that the second judgement wants a file more than the first.
var errLacking = errors.New("document: a file was not kept")

// take makes documents. First it writes down which files come, then it keeps them, and only then makes the documents, all in
// one transaction: killed at any moment, it leaves no row without a file, and of each file without a row a note for Sweep.
func (d *Documents) take(ctx context.Context, judge judging, finish finishing) error {
	for try := 1; ; try++ {
		keys, err := d.announce(ctx, judge, finish)
		if err != nil || len(keys) == 0 {
			return err
		}
		err = d.keep(ctx, keys)
		if err == nil {
			err = d.make(ctx, keys, judge, finish)
		}
		d.discard(ctx, keys)
		if !errors.Is(err, errLacking) || try == 3 {
			return err
		}
	}
}

// expected are the files of documents that come, by their key.
type expected map[string]incoming

// announce judges, and writes down which files come. Where all documents are there already, it finishes at once.
func (d *Documents) announce(ctx context.Context, judge judging, finish finishing) (keys expected, err error) {
	err = d.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		keys = expected{}
		list, err := judge(ctx, tx)
		if err != nil || len(list) == 0 {
			return err
		}
		var rows []*ent.UploadCreate
		made := make([]Submitted, len(list))
		for i, one := range list {
			if made[i], err = same(ctx, tx, one); err != nil {
				return err
			}
			if !made[i].Before {
				key := tx.Now.Format("2006-01/") + store.NewID("file")
				keys[key] = one.file
				rows = append(rows, tx.Upload.Create().SetID(key).SetCreatedAt(tx.Now))
			}
		}
		if len(rows) == 0 {
			return finish(ctx, tx, made)
		}
		if err := d.enough(ctx, tx, list); err != nil {
			return err
		}
		if err := tx.Upload.CreateBulk(rows...).Exec(ctx); err != nil {
			return fmt.Errorf("announce %d files: %w", len(rows), err)
		}
		return nil
	})
	return keys, err
}

// enough refuses what is too much for one day in any of the accounts. A tenth of the day is not for mail: anybody sends that,
// and would keep the account's own people from submitting.
func (d *Documents) enough(ctx context.Context, tx *store.Tx, list []arrival) error {
	room := map[string]int{}
	for _, one := range list {
		room[one.account] = d.config.ADay
		if one.channel == rule.FromMail {
			room[one.account] -= d.config.ADay / 10
		}
	}
	for account, most := range room {
		full, err := tx.Document.Query().Where(document.ClientAccountID(account), document.CreatedAtGT(tx.Now.Add(-24*time.Hour))).
			Order(document.ByCreatedAt()).Offset(most - 1).Limit(1).IDs(store.Facts(ctx))
		if err != nil {
			return fmt.Errorf("count documents of %s: %w", account, err)
		}
		if len(full) > 0 {
			return rule.ErrManyDocuments
		}
	}
	return nil
}

func (d *Documents) keep(ctx context.Context, keys expected) error {
	for key, file := range keys {
		if err := d.files.write(ctx, key, file.reader(), file.fact.Type); err != nil {
			return err
		}
	}
	return nil
}

// make judges again and makes the documents, but for those that are there already.
func (d *Documents) make(ctx context.Context, keys expected, judge judging, finish finishing) error {
	return d.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		list, err := judge(ctx, tx)
		if err != nil || len(list) == 0 {
			return err
		}
		kept := map[string][]string{}
		for key, file := range keys {
			kept[file.sha256] = append(kept[file.sha256], key)
		}
		made := make([]Submitted, len(list))
		for i, one := range list {
			if made[i], err = same(ctx, tx, one); err != nil {
				return err
			}
			if made[i].Before {
				continue
			}
			free := kept[one.file.sha256]
			if len(free) == 0 {
				return errLacking
			}
			kept[one.file.sha256] = free[1:]
			if made[i].Document, err = one.write(ctx, tx, free[0]); err != nil {
				return err
			}
		}
		return finish(ctx, tx, made)
	})
}

// write makes one document of a file that is kept, and tells the journal.
func (a arrival) write(ctx context.Context, tx *store.Tx, key string) (string, error) {
	id := store.NewID("doc")
	err := tx.Document.Create().SetID(id).SetClientAccountID(a.account).SetNillableOwnerID(maybe(a.owner)).SetNillableSubmittedByID(maybe(a.by)).SetSubmittedByName(a.byName).
		SetNillableSubmittedForID(maybe(a.on)).SetNillableViaPracticeID(maybe(a.via)).SetChannel(a.channel).SetKind(a.kind).SetStatus(rule.ToReview).
		SetFileName(a.file.Name).SetSearchKey(a.searchKey()).SetContentType(a.file.fact.Type).SetSize(int(a.file.Size)).SetSha256(a.file.sha256).
		SetBlobKey(key).SetCreatedAt(tx.Now).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("make document: %w", err)
	}
	n, err := tx.Upload.Delete().Where(upload.ID(key), upload.Swept(false)).Exec(ctx)
	if err != nil {
		return "", fmt.Errorf("make document of %s: %w", key, err)
	}
	if n != 1 {
		return "", fmt.Errorf("make document of %s: it took so long that the file was swept", key)
	}
	return id, journal.Write(ctx, tx, journal.Entry{Verb: "documentSubmit", Account: a.account, Membership: a.owner, Via: a.via, Actor: a.actor, Changes: journal.Changes(
		journal.Set("document", id), journal.Set("fileName", a.file.Name), journal.Set("documentOwner", a.owner), journal.Set("kind", a.kind),
		journal.Set("channel", a.channel), journal.Set("leftOut", a.leftOut))})
}

// discard takes away the files of which no document was made. What fails here is done by Sweep.
func (d *Documents) discard(ctx context.Context, keys expected) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for key := range keys {
		if err := d.clear(ctx, key); err != nil {
			d.log.WarnContext(ctx, "a file is left to the sweep", "error", err)
		}
	}
}

// searchKey is what the document is searched by. The name of a practice's person is not in it: a client's user could find it
// out by trying (RULES.md L3).
func (a arrival) searchKey() string {
	if a.via != "" {
		return address.Key(a.file.Name)
	}
	return address.Key(a.file.Name + " " + a.byName)
}

// leaveFor is how long a file may be on its way: what is younger is left alone.
const leaveFor = time.Hour

// sweepAtOnce is how many files are looked for in one statement.
const sweepAtOnce = 100

// Sweep takes away the files whose documents never came, because the server was stopped or the transaction failed.
func (d *Documents) Sweep(ctx context.Context) error {
	for {
		keys, err := d.store.Read().Upload.Query().Where(upload.CreatedAtLT(d.store.Now().Add(-leaveFor))).
			Order(upload.ByCreatedAt(), upload.ByID()).Limit(sweepAtOnce).IDs(store.Facts(ctx))
		if err != nil {
			return fmt.Errorf("look for files without documents: %w", err)
		}
		for _, key := range keys {
			if err := d.clear(ctx, key); err != nil {
				return err
			}
		}
		if len(keys) < sweepAtOnce {
			return nil
		}
	}
}

// clear takes a file away, unless a document was made of it: first it makes sure that none will be.
func (d *Documents) clear(ctx context.Context, key string) error {
	var mine bool
	err := d.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Upload.Update().Where(upload.ID(key)).SetSwept(true).Save(ctx)
		mine = n == 1
		return err
	})
	if err != nil || !mine {
		return err
	}
	if err := d.files.remove(ctx, key); err != nil {
		return err
	}
	return d.store.Tx(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Upload.Delete().Where(upload.ID(key)).Exec(ctx)
		return err
	})
}
