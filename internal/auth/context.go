package auth

import "context"

type contextKey struct{}

// With puts who acts into a context.
func With(ctx context.Context, who *Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, who)
}

// From is who acts in a context; nil when nobody was recognised.
func From(ctx context.Context) *Identity {
	who, _ := ctx.Value(contextKey{}).(*Identity)
	return who
}
