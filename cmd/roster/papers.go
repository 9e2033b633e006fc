package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"

	"roster/ent/membership"
	"roster/internal/document"
	accounts "roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
)

// nells is what stands before the @ of the address that Nell's costs are mailed to: she has no login, and no other way in.
const nells = "nell"

// documents are a few at the bakery: submitted, mailed by Nell, and mailed to nobody in particular.
func (s *story) documents(ctx context.Context) error {
	ada, err := s.as(ctx, people[0].email)
	if err != nil {
		return err
	}
	bakery, err := s.client(ctx, adasClients[0])
	if err != nil {
		return err
	}
	nell, err := s.store.Read().Membership.Query().Where(membership.AccountID(bakery.ID), membership.LastName("Nologin")).OnlyID(store.Facts(ctx))
	if err != nil {
		return err
	}
	if err := s.people.UpdateDetails(ada, nell, accounts.Details{Addresses: &[]accounts.SubmissionAddress{{LocalPart: nells, Kind: rule.Costs}}}); err != nil {
		return err
	}
	at := "@" + s.papers.MailDomain()
	if err := s.people.UpdateClient(ada, bakery.ID, accounts.ClientSettings{Addresses: &[]accounts.SubmissionAddress{{LocalPart: "marsh-bakery", Kind: rule.Costs}}}); err != nil {
		return err
	}
	for _, one := range []struct {
		by   string
		file document.File
	}{{people[3].email, paper("Flour, invoice 1204.pdf")}, {people[4].email, photo("Taxi to the market.png", 640)}, {people[0].email, paper("Bank statement.pdf")}} {
		as, err := s.as(ctx, one.by)
		if err != nil {
			return err
		}
		s.later(3 * time.Minute)
		if _, err := s.papers.Submit(as, document.Submit{Account: bakery.ID, Kind: rule.Costs, File: one.file}); err != nil {
			return fmt.Errorf("submit %s: %w", one.file.Name, err)
		}
	}
	for _, one := range []document.Mail{
		{MessageID: "<1@example.org>", From: "nell@example.org", Recipients: []string{nells + at}, Files: []document.File{photo("IMG_0412.png", 480)}},
		{MessageID: "<2@example.org>", From: "billing@power.example.org", Recipients: []string{"marsh-bakery" + at}, Files: []document.File{paper("Electricity, May.pdf")}},
	} {
		s.later(3 * time.Minute)
		if _, err := s.papers.Receive(ctx, one); err != nil {
			return fmt.Errorf("receive %s: %w", one.MessageID, err)
		}
	}
	return nil
}

// paper is a PDF of one page with its name on it.
func paper(name string) document.File {
	text := fmt.Sprintf("BT /F1 24 Tf 60 760 Td (%s) Tj ET", strings.TrimSuffix(name, ".pdf"))
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(text), text)}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var places []int
	for i, object := range objects {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return document.File{Name: name, Content: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
}

// photo is a picture of a receipt, as far as one of a few lines can be.
func photo(name string, height int) document.File {
	picture := image.NewPaletted(image.Rect(0, 0, 360, height), color.Palette{color.White, color.Gray{Y: 96}})
	for y := 40; y < height-40; y++ {
		for x := 30; x < 330 && y%24 < 6; x++ {
			if x < 180+y%120 {
				picture.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, picture) // a buffer takes everything
	return document.File{Name: name, Content: bytes.NewReader(b.Bytes()), Size: int64(b.Len())}
}
