package server

import (
	"encoding/json"
	"sync/atomic"
	"time"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/health"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"github.com/sluice-gitops/sluice/engine/internal/trace"
)

// objectMs is how long one object may take where the request says nothing: what takes longer is a pattern or an expression made to.
const objectMs = 5_000

// batch is the objects of one request and the verdicts so far. Verdicts before `done` are not written any more.
type batch struct {
	objects  []json.RawMessage
	verdicts []health.Verdict
	done     atomic.Int64
	since    atomic.Int64
}

// assess answers how objects are. fatal says that the process must end after it.
func (s *Server) assess(request, body []byte) (fatal bool, err error) {
	var req protocol.Health
	b, rules := &batch{}, (*health.Rules)(nil)
	if err = json.Unmarshal(request, &req); err == nil {
		if err = json.Unmarshal(body, &b.objects); err == nil {
			rules, err = health.NewRules(req.Rules)
		}
	}
	if err != nil {
		f := fault.New(fault.Internal, "", "the request is not understood: %s", err)
		return false, s.fail(protocol.Render{ID: req.ID}, trace.New(), reply{fault: f})
	}
	b.verdicts = make([]health.Verdict, len(b.objects))
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		b.run(rules)
	}()
	if f := b.watch(finished, req); f != nil {
		return true, s.unfinished(req, b, f)
	}
	verdicts, err := json.Marshal(b.verdicts)
	if err != nil {
		return false, err
	}
	header := protocol.Result{Type: "result", ID: req.ID, Trace: trace.New().Entries(), Warnings: []protocol.Warning{}, Unpinned: []protocol.Unpinned{}}
	return false, s.conn.Write(header, verdicts)
}

func (b *batch) run(rules *health.Rules) {
	for i, object := range b.objects {
		b.since.Store(time.Now().UnixNano())
		b.verdicts[i] = rules.Assess(object)
		b.done.Add(1)
	}
}

// watch waits for the batch, but not longer and not with more memory than it may have; see watch of renders.
func (b *batch) watch(finished <-chan struct{}, req protocol.Health) *fault.Fault {
	l, each := req.Limits.WithDefaults(), req.ObjectMs
	if each <= 0 {
		each = objectMs
	}
	limit := time.NewTimer(time.Duration(l.WallMs) * time.Millisecond)
	defer limit.Stop()
	look := time.NewTicker(watchEvery)
	defer look.Stop()
	b.since.CompareAndSwap(0, time.Now().UnixNano())
	for {
		select {
		case <-finished:
			return nil
		case <-limit.C:
			return fault.Over("wallMs", "", "the objects take longer than %d ms", l.WallMs)
		case now := <-look.C:
			if now.UnixNano()-b.since.Load() > each*int64(time.Millisecond) {
				return fault.Over("objectMs", "", "it takes longer than %d ms", each)
			}
			if memory() > uint64(l.MemoryBytes) {
				return fault.Over("memoryBytes", "", "it needs more than %d MiB of memory", l.MemoryBytes>>20)
			}
		}
	}
}

// unfinished tells the verdicts that there are, and why there are no more.
func (s *Server) unfinished(req protocol.Health, b *batch, f *fault.Fault) error {
	verdicts, err := json.Marshal(b.verdicts[:b.done.Load()])
	if err != nil {
		return err
	}
	f.Fatal = true
	return s.fail(protocol.Render{ID: req.ID}, trace.New(), reply{fault: f, body: verdicts, partial: true})
}
