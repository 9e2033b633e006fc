// Command roster serves Roster and looks after its database.
//
//	roster serve     answers HTTP, and takes mail with documents in
//	roster migrate   brings the database up to date
//	roster demo      serves in development with two practices, a dozen clients and people in every state
//	roster support   appoints Roster's support, who changes owners
//	roster import    adds the people of a CSV file to a client account
//	roster export    writes the journal of one account as CSV
//	roster schema    prints the GraphQL schema
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"roster/graph/generated"
	"roster/internal/store"
)

type commands struct {
	Serve   serveCommand   `cmd:"" help:"Answer HTTP, and take mail with documents in. Migrates SQLite by itself; refuses a Postgres that is behind."`
	Migrate migrateCommand `cmd:"" help:"Bring the database up to date."`
	Demo    demoCommand    `cmd:"" help:"Serve in development with demo data: two practices, a dozen clients, people in every state."`
	Support supportCommand `cmd:"" help:"Appoint Roster's support, who reads any account, each time recorded, and changes owners."`
	Import  importCommand  `cmd:"" help:"Add the people of a CSV file to a client account."`
	Export  exportCommand  `cmd:"" help:"Write the journal of one account as CSV: who changed what, when, why, before and after."`
	Schema  schemaCommand  `cmd:"" help:"Print the GraphQL schema."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	tuneMemory()
	context.AfterFunc(ctx, stop) // who asks twice means it: the second signal ends the process at once
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "roster:", err)
		os.Exit(1)
	}
}

// run is the program. Everything it says to people goes to out; errors come back.
func run(ctx context.Context, args []string, out, log io.Writer) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("roster"), kong.Description("Who may open which account, and as what."),
		kong.Writers(out, log), kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(out, (*io.Writer)(nil)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return named(parser, err)
	}
	production := command.Command() == "serve" && !c.Serve.development()
	lines := newLog(log, production)
	slog.SetDefault(lines) // for what has no logger of its own
	return command.Run(lines)
}

// wrongFlag is how kong begins and ends its sentence about the value of a flag.
var wrongFlag = regexp.MustCompile(`^--([a-z-]+):? (.+?)(?: \(from envar .*)?$`)

// named makes kong's error begin with the variable, which is where most settings come from.
func named(parser *kong.Kong, err error) error {
	if part := wrongFlag.FindStringSubmatch(err.Error()); part != nil {
		if !fromVariable(parser, part[1]) {
			return fmt.Errorf("--%s: %s", part[1], part[2])
		}
		variable := strings.ToUpper(strings.ReplaceAll(part[1], "-", "_"))
		return fmt.Errorf("%s: %s", variable, part[2])
	}
	return fmt.Errorf("%w; see roster --help", err)
}

// fromVariable reports whether a flag can be set by a variable.
func fromVariable(parser *kong.Kong, name string) bool {
	for _, command := range parser.Model.Leaves(false) {
		for _, f := range command.Flags {
			if f.Name == name && len(f.Envs) > 0 {
				return true
			}
		}
	}
	return false
}

type schemaCommand struct{}

// Run prints the schema as the server answers it.
func (schemaCommand) Run(out io.Writer) error {
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	printer := formatter.NewFormatter(out)
	// FormatSchema leaves out what stands above the whole schema, which is where reading it begins.
	printer.FormatSchemaDocument(&ast.SchemaDocument{Schema: ast.SchemaDefinitionList{{
		Description: schema.Description,
		OperationTypes: ast.OperationTypeDefinitionList{
			{Operation: ast.Query, Type: schema.Query.Name},
			{Operation: ast.Mutation, Type: schema.Mutation.Name},
		},
	}}})
	printer.FormatSchema(schema)
	return nil
}

type migrateCommand struct {
	Database databaseConfig `embed:""`
}

// Run migrates and says so.
func (m migrateCommand) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	s, err := m.Database.open(ctx, store.Options{Log: log})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "The %s database is up to date.\n", s.Kind())
	return nil
}
