package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"

	"roster/ent/clientaccount"
	"roster/ent/membership"
	"roster/internal/store"
	"roster/internal/web"
)

// tabFiles are what GraphiQL opens with in the demo, in the order of their names: each a lesson of operations to run from
// top to bottom.
//
//go:embed tabs/*.graphql
var tabFiles embed.FS

// demoTabs are the lessons, with the demo's ids as variables.
func demoTabs(ctx context.Context, s *store.Store) ([]web.Tab, error) {
	// The first client ever made: somebody may have given it another name since.
	bakery, err := s.Read().ClientAccount.Query().Order(clientaccount.ByCreatedAt(), clientaccount.ByID()).First(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("find the demo's bakery: %w", err)
	}
	owner, err := s.Read().Membership.Query().Where(membership.AccountID(bakery.ID), membership.IsOwner(true)).First(store.Facts(ctx))
	if err != nil {
		return nil, fmt.Errorf("find the bakery's owner: %w", err)
	}
	return lessons(map[string]string{"account": bakery.ID, "owner": owner.ID})
}

// declares finds where a document declares one.
var declares = regexp.MustCompile(`\$(\w+):`)

// lessons gives each tab those of the ids that it asks for: GraphiQL underlines any other.
func lessons(ids map[string]string) ([]web.Tab, error) {
	names, err := fs.Glob(tabFiles, "tabs/*.graphql")
	if err != nil {
		return nil, err
	}
	var tabs []web.Tab
	for _, name := range names {
		query, err := tabFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		wanted := map[string]string{}
		for _, declared := range declares.FindAllSubmatch(query, -1) {
			if id, known := ids[string(declared[1])]; known {
				wanted[string(declared[1])] = id
			}
		}
		variables, err := json.MarshalIndent(wanted, "", "  ")
		if err != nil {
			return nil, err
		}
		tabs = append(tabs, web.Tab{Query: string(query), Variables: string(variables)})
	}
	return tabs, nil
}
