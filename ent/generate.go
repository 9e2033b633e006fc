package ent

//go:generate go run -mod=readonly entgo.io/ent/cmd/ent generate --template dir=./schema/template --feature privacy,sql/lock,sql/upsert,sql/modifier,sql/execquery ./schema
