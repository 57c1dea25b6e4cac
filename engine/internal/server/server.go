// Package server answers the host's requests, one after the other.
package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"runtime/debug"
	"time"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/kustomize"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"github.com/sluice-gitops/sluice/engine/internal/trace"
)

// cacheBytes bounds the objects that are kept between renders.
const cacheBytes = 96 << 20

// warmAfter is how long a new process waits for work before it prepares itself.
const warmAfter = 20 * time.Millisecond

// Server is one engine process's answering side.
type Server struct {
	conn  *protocol.Conn
	store *objects.Store
	log   *log.Logger
	notes *Notes
}

// New makes a server over a connection. logger is the engine's log; notes collects what the libraries print.
func New(conn *protocol.Conn, logger *log.Logger, notes *Notes) *Server {
	return &Server{conn: conn, store: objects.NewStore(source{conn}, cacheBytes), log: logger, notes: notes}
}

// Serve says hello and answers until the host closes the pipe or a render leaves the process unfit to go on.
func (s *Server) Serve(hello protocol.Hello) error {
	if err := s.conn.Write(hello, nil); err != nil {
		return err
	}
	// An idle process gets ready; one that is asked at once does only what it is asked.
	warm := time.AfterFunc(warmAfter, kustomize.Warm)
	for {
		header, body, err := s.conn.Read()
		warm.Stop()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var kind struct {
			Type string `json:"type"`
		}
		if err := json.Unmarshal(header, &kind); err != nil {
			return fmt.Errorf("a header is not JSON: %w", err)
		}
		switch kind.Type {
		case "forget":
			s.store.Forget()
		case "render":
			fatal, err := s.answer(header)
			if err != nil || fatal {
				return err
			}
		case "health":
			fatal, err := s.assess(header, body)
			if err != nil || fatal {
				return err
			}
		default:
			return fmt.Errorf("unknown message %q", kind.Type)
		}
	}
}

// reply is what a render leads to.
type reply struct {
	body     []byte
	warnings []protocol.Warning
	unpinned []protocol.Unpinned
	fault    *fault.Fault
	partial  bool
	gone     error
}

// answer does one render. fatal says that the process must end after it.
func (s *Server) answer(header []byte) (fatal bool, err error) {
	var req protocol.Render
	if err := json.Unmarshal(header, &req); err != nil {
		return false, s.fail(req, trace.New(), reply{fault: fault.New(fault.Internal, "", "the request is not understood: %s", err)})
	}
	t := trace.New()
	l := req.Limits.WithDefaults()
	fs := gitfs.New(s.store, req.Tree, req.Overlay, gitfs.Mounts{Points: req.Mounts, Remotes: req.Remotes}, l, t)
	s.notes.Start()
	done := make(chan reply, 1)
	go func() { done <- s.guarded(fs, req) }()
	r := watch(done, l)
	if r.gone != nil {
		return true, r.gone
	}
	if r.fault != nil {
		if r.fault.Fatal {
			// The render still runs and still writes to its trace.
			t = trace.New()
		}
		return r.fault.Fatal, s.fail(req, t, r)
	}
	return false, s.conn.Write(protocol.Result{
		Type: "result", ID: req.ID, Trace: t.Entries(),
		Warnings: orEmpty(append(r.warnings, s.notes.Stop()...)), Unpinned: orEmpty(r.unpinned),
	}, r.body)
}

func (s *Server) fail(req protocol.Render, t *trace.Trace, r reply) error {
	s.notes.Stop()
	f, body := r.fault, []byte(nil)
	if r.partial {
		body = r.body
	}
	return s.conn.Write(protocol.Error{
		Type: "error", ID: req.ID, Kind: string(f.Kind), Message: f.Message, File: f.File, Line: f.Line, Limit: f.Limit, Fatal: f.Fatal,
		Partial: r.partial, Trace: t.Entries(), Unpinned: orEmpty(r.unpinned),
	}, body)
}

// guarded renders and turns a panic into an internal fault.
func (s *Server) guarded(fs *gitfs.FS, req protocol.Render) (r reply) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Printf("panic: %v\n%s", p, debug.Stack())
			r = reply{fault: fault.New(fault.Internal, "", "the engine failed: %v", p)}
		}
	}()
	r, err := render(fs, req)
	var gone hostGone
	if errors.As(err, &gone) {
		return reply{gone: gone}
	}
	if err != nil {
		f := *fault.Of(err)
		f.Message = gitfs.Strip(f.Message)
		r.fault = &f
	}
	return r
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
