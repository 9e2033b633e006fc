package graph

//go:generate go run -mod=readonly github.com/99designs/gqlgen generate
//go:generate go run ./lean
