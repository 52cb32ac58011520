package cli

import (
	"context"
	"path/filepath"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/boardapi"
	"github.com/mingjian/mingjian/internal/web/api/casemixapi"
	"github.com/mingjian/mingjian/internal/web/api/dataapi"
	"github.com/mingjian/mingjian/internal/web/api/libraryapi"
	"github.com/mingjian/mingjian/internal/web/api/messageapi"
	"github.com/mingjian/mingjian/internal/web/api/models"
	"github.com/mingjian/mingjian/internal/web/api/paperapi"
	"github.com/mingjian/mingjian/internal/web/api/peersapi"
	"github.com/mingjian/mingjian/internal/web/api/peopleapi"
	"github.com/mingjian/mingjian/internal/web/api/remindapi"
	"github.com/mingjian/mingjian/internal/web/api/reviewapi"
	"github.com/mingjian/mingjian/internal/web/api/selfcheckapi"
	"github.com/mingjian/mingjian/internal/web/api/settingsapi"
	"github.com/mingjian/mingjian/internal/web/api/traceapi"
)

// groups are the operations of the areas beside internal/web/api. To add an area is to add its line. The site is used when an
// operation is called, never when it is added: the description is written without one.
func groups(x *site) []func(*api.API) {
	var (
		data    dataapi.Config
		groups  casemixapi.Config
		people  peopleapi.Config
		loop    reviewapi.Config
		dir     string
		boards  boardapi.Config
		library libraryapi.Config
		self    selfcheckapi.Config
		limits  settingsapi.Config
		reminds remindapi.Config
		likes   peersapi.Config
		told    messageapi.Config
		sights  = models.New("", nil)
	)
	if x != nil {
		dir = x.dir
		told = messageapi.Config{Settings: x.messages.settings, Sender: x.sender}
		people = peopleapi.Config{Dir: x.dir, Keys: x.keys, Desk: x.serveDesk}
		loop = reviewapi.Config{Desk: x.serveDesk(), Library: func() review.Library { return x.rules.governed() }, Evidence: x.evidence(), Dir: x.dir,
			Known: func(rule string) bool { return x.rules.now.Load().book.Library.Card(rule) != nil }}
		boards = boardapi.Config{Sources: func() board.Sources { return boardSources(x.office) }, Names: func() map[string]string { return divisionNames(x.dir) }, Today: x.serveDesk().Today, Paper: x.briefs,
			Make: func(ctx context.Context, p *store.ReportPlan) error { return x.reports().Today(ctx, p) }}
		likes = peersapi.Config{Dir: x.dir, Today: x.serveDesk().Today}
		reminds = remindapi.Config{Today: x.serveDesk().Today}
		sights = models.New(dir, x.serveDesk().Open)
		data = dataapi.Config{Dir: x.dir, Run: func(ctx context.Context, args []string, progress func(done, total int64)) error {
			return runChild(ctx, x.cmd.Store, args, progress)
		}}
		limits = settingsapi.Config{Dir: x.dir, Desk: x.serveDesk, Office: x.paper}
		self = selfcheckapi.Config{Dir: x.dir, Desk: x.serveDesk, Run: data.Run}
		groups = casemixapi.Config{Dir: x.dir, Files: filepath.Join(x.dir, attachmentsDir), Run: data.Run}
		book := &libraryapi.Book{Dir: filepath.Join(x.dir, "rulebook"), Today: today}
		library = libraryapi.Config{Dir: x.dir, Run: data.Run, Reload: func(ctx context.Context) error { return x.rules.Reload(ctx) }, Live: func() libraryapi.Live {
			now := x.rules.now.Load()
			return libraryapi.Live{ID: now.id, Cards: now.book.Library.Cards, Points: now.laid.Points, Plain: now.plain, Maps: now.plain.Maps, Book: book, Coverage: libraryapi.CoverageFile(x.dir),
				Imports: func() ([]knowledge.VersionEntry, error) { return knowledge.Imports(filepath.Join(x.dir, "knowledge")) }}
		}}
	}
	return []func(*api.API){
		reviewapi.Group(loop),
		boardapi.Group(boards),
		remindapi.Group(reminds),
		paperapi.Group(sitePaper{x}),
		dataapi.Group(data),
		peopleapi.Group(people),
		traceapi.Group(func() *traceapi.Deps { return x.traces }),
		sights.Group,
		casemixapi.Group(groups),
		libraryapi.Group(library),
		selfcheckapi.Group(self),
		settingsapi.Group(limits),
		peersapi.Group(likes),
		messageapi.Group(told),
	}
}

// problems say what the areas' errors are called over HTTP.
var problems = []func(error) *web.Problem{reviewapi.Problem, models.Problem, casemixapi.Problem}

// serveDesk is the desk at which users of the server act: in their own names.
func (x *site) serveDesk() *review.Desk {
	d := x.desk()
	d.Via = ""
	return d
}

// evidence judges findings again; one of them serves all who ask.
func (x *site) evidence() func(context.Context, *store.Finding) (*audit.Evidence, error) {
	if x.dossiers == nil {
		x.dossiers = newDossiers(x)
	}
	return x.dossiers.of
}
