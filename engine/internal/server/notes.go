package server

import (
	"slices"
	"strings"
	"sync"

	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// Notes collects the lines that the libraries print to their log during a render; they become warnings.
type Notes struct {
	mu    sync.Mutex
	on    bool
	lines []string
}

// maxNotes bounds what one render may leave.
const maxNotes = 100

// Start begins a render.
func (n *Notes) Start() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.on, n.lines = true, nil
}

// Write takes printed text.
func (n *Notes) Write(text []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if line := strings.TrimSpace(string(text)); n.on && line != "" && len(n.lines) < maxNotes && !slices.Contains(n.lines, line) {
		n.lines = append(n.lines, line)
	}
	return len(text), nil
}

// Stop ends the render and gives what was collected.
func (n *Notes) Stop() []protocol.Warning {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.on = false
	var out []protocol.Warning
	for _, line := range n.lines {
		out = append(out, protocol.Warning{Message: line})
	}
	return out
}
