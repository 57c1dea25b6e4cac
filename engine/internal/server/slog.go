package server

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
)

// Handler is a slog handler that leaves warnings and errors with the notes, as one plain sentence each.
type Handler struct {
	Notes *Notes
	attrs []slog.Attr
}

// Enabled is true from warnings on.
func (h Handler) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

// Handle writes one record.
func (h Handler) Handle(_ context.Context, r slog.Record) error {
	details := make([]string, 0, len(h.attrs))
	add := func(a slog.Attr) bool {
		details = append(details, fmt.Sprintf("%s: %v", a.Key, a.Value))
		return true
	}
	for _, a := range h.attrs {
		add(a)
	}
	r.Attrs(add)
	text := r.Message
	if len(details) > 0 {
		text += " (" + strings.Join(details, ", ") + ")"
	}
	_, err := h.Notes.Write([]byte(text))
	return err
}

// WithAttrs gives a handler with more attributes.
func (h Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	h.attrs = append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)
	return h
}

// WithGroup ignores groups: the sentences need none.
func (h Handler) WithGroup(string) slog.Handler { return h }
