package argocd

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/gitglob"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// valueFiles gives the paths in the tree of the value files, globs expanded, in the order in which they are laid over each other.
func (r *run) valueFiles(h *Helm) ([]string, error) {
	explicit := map[string]bool{}
	for _, name := range h.ValueFiles {
		if file, remote, err := r.resolve(name); err == nil && remote == "" && !isGlob(file) {
			explicit[file] = true
		}
	}
	var out []string
	add := func(file string) {
		if !slices.Contains(out, file) {
			out = append(out, file)
		}
	}
	for _, name := range h.ValueFiles {
		file, remote, err := r.resolve(name)
		switch {
		case err != nil:
			return nil, err
		case remote != "":
			if file, err = r.fetched(remote); err != nil {
				return nil, err
			}
			add(file)
		case isGlob(file):
			matches, err := gitglob.Files(r.all, file)
			if err != nil {
				return nil, fault.New(fault.Input, "", "error expanding glob pattern %q: %s", name, err)
			}
			if len(matches) == 0 && !h.IgnoreMissingValueFiles {
				return nil, fault.New(fault.Input, "", "values file glob %q matched no files", name)
			}
			for _, match := range matches {
				if !explicit[match] {
					add(match)
				}
			}
		case h.IgnoreMissingValueFiles && !r.all.Exists(gitfs.Abs(file)):
			if known := r.fs.Refusal(); known != nil {
				return nil, known
			}
		default:
			add(file)
		}
	}
	return out, nil
}

func isGlob(name string) bool { return strings.ContainsAny(name, "*?[") }

// resolve finds a value file: its path in the tree, or its address.
func (r *run) resolve(name string) (file, remote string, err error) {
	root, dir := r.root, r.dir
	if strings.HasPrefix(name, "$") && r.references != nil {
		key, rest, _ := strings.Cut(name, "/")
		ref, known := r.references[key]
		switch {
		case !known:
			return "", "", fault.New(fault.Input, "", "source referenced %q, which is not one of the available sources", key)
		case ref.chart:
			return "", "", fault.New(fault.Input, "", "source referenced %q, which is a chart: charts are not supported for 'ref' sources", key)
		}
		root, dir, name = ref.root, ref.root, "/"+rest
	}
	name = r.env.expand(name)
	if address, err := url.Parse(name); err == nil && address.Scheme != "" {
		if !r.schemeAllowed(address.Scheme) {
			return "", "", fault.New(fault.Input, "", "the URL scheme '%s' is not allowed", address.Scheme)
		}
		return "", name, nil
	}
	if !path.IsAbs(name) {
		below := strings.TrimPrefix(strings.TrimPrefix(dir, root), "/")
		name = path.Join(below, name)
		if !inside(name) {
			return "", "", fault.New(fault.Input, "", "file '%s' resolved to outside repository root", name)
		}
	}
	file = path.Join(root, path.Clean("/"+name))
	if file = strings.TrimPrefix(file, "/"); file == root {
		return "", "", fault.New(fault.Input, "", "the value file %q is the root of its repository", name)
	}
	return file, "", nil
}

func (r *run) schemeAllowed(scheme string) bool {
	setting, set := r.options.Settings["helm.valuesFileSchemes"]
	if !set {
		setting = "https, http"
	}
	return slices.ContainsFunc(list(setting), func(allowed string) bool { return strings.EqualFold(allowed, scheme) })
}

// fetched finds what the host fetched for an address; without it the render fails and tells the address.
func (r *run) fetched(address string) (string, error) {
	if at, here := r.all.Remote(address); here {
		entries, err := r.all.List(gitfs.Abs(at))
		if err != nil {
			return "", err
		}
		if len(entries) == 1 {
			return path.Join(at, entries[0].Name), nil
		}
	}
	r.Unpinned = append(r.Unpinned, protocol.Unpinned{
		Reference: address, Reason: "the value file is remote", Kind: "file", Source: map[string]any{"kind": "file", "url": address},
	})
	return "", fault.New(fault.Refused, "", "the value file %q is remote; the engine has no network", address)
}
