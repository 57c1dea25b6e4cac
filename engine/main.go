// Command engine is Sluice's resident process that turns Git trees into Kubernetes resources, and says how live objects are. PROTOCOL.md says how
// to talk to it.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/sluice-gitops/sluice/engine/internal/kustomize"
	"github.com/sluice-gitops/sluice/engine/internal/lockdown"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"github.com/sluice-gitops/sluice/engine/internal/server"
)

// version is the hash of the engine's source, set by the linker.
var version = "dev"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "engine:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 0:
		return serve()
	case len(args) == 1 && args[0] == "--version":
		l := libraries()
		fmt.Printf("sluice engine %s (kustomize %s, helm %s, %s)\n", version, l.Kustomize, l.Helm, l.Go)
		return nil
	case len(args) == 1 && args[0] == "check-lockdown":
		return json.NewEncoder(os.Stdout).Encode(lockdown.Check())
	default:
		return fmt.Errorf("unknown argument %q; use --version, check-lockdown or none", args[0])
	}
}

func serve() error {
	in, out, logger := os.Stdin, os.Stdout, log.New(os.Stderr, "", 0)
	notes := &server.Notes{}
	// kustomize prints its deprecation warnings straight to stderr; the engine makes better ones itself.
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	os.Stderr = null
	lockdown.Keep(null)
	// slog first: setting its default redirects package log too.
	slog.SetDefault(slog.New(server.Handler{Notes: notes}))
	log.SetFlags(0)
	log.SetOutput(notes)
	hello := protocol.Hello{Type: "hello", Protocol: protocol.Version, Version: version, Libraries: libraries(), Lockdown: lockdown.Apply()}
	return server.New(protocol.NewConn(in, out), logger, notes).Serve(hello)
}

func libraries() protocol.Libraries {
	l := protocol.Libraries{Kustomize: kustomize.Version, Helm: "unknown", Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == "helm.sh/helm/v4" {
				l.Helm = dep.Version
			}
		}
	}
	return l
}
