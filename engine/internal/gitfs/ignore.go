package gitfs

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/fluxcd/pkg/sourceignore"
	"github.com/fluxcd/pkg/sourceignore/gitignore"
	"github.com/sluice-gitops/sluice/engine/internal/objects"
	"github.com/sluice-gitops/sluice/engine/internal/trace"
)

var (
	always      = gitignore.NewMatcher(sourceignore.VCSPatterns(nil))
	withoutRule = sourceignore.NewDefaultMatcher(nil, nil)
)

// ignored says whether a rule leaves out a path: one of the ignore files above it, then `spec.ignore`; the default rules where no file and no `spec.ignore` has any.
func (f *FS) ignored(rel string, dir bool) (bool, error) {
	a := f.artifact
	parts := a.parts(rel)
	rules, err := f.rules(folderOf(rel))
	if err != nil {
		return false, err
	}
	if len(rules.own)+len(a.last) > 0 {
		return rules.matcher.Match(parts, dir), nil
	}
	if !withoutRule.Match(parts, dir) || always.Match(parts, dir) {
		return always.Match(parts, dir), nil
	}
	elsewhere, err := f.rulesElsewhere()
	return !elsewhere, err
}

// folderRules are those of the ignore files of a folder and of the folders above it, and what decides by them.
type folderRules struct {
	own     []gitignore.Pattern
	matcher gitignore.Matcher
}

// rules gives those of a folder's ignore file and of the folders above it. Rules of other folders match nothing there.
func (f *FS) rules(dir string) (folderRules, error) {
	a := f.artifact
	if known, ok := a.folders[dir]; ok {
		return known, nil
	}
	var above folderRules
	if dir != a.root && dir != "" {
		var err error
		if above, err = f.rules(folderOf(dir)); err != nil {
			return above, err
		}
	}
	own, err := f.ownRules(dir)
	if err != nil {
		return above, err
	}
	all := slices.Concat(above.own, own)
	a.folders[dir] = folderRules{all, gitignore.NewMatcher(slices.Concat(sourceignore.VCSPatterns(nil), all, a.last))}
	return a.folders[dir], nil
}

func (f *FS) ownRules(dir string) ([]gitignore.Pattern, error) {
	n, err := f.walk(path.Join(dir, sourceignore.IgnoreFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || n.kind != objects.Blob {
		return nil, err
	}
	f.trace.Add(n.rel, trace.File, n.oid)
	content, err := f.store.Blob(n.oid)
	if err != nil {
		return nil, err
	}
	return patterns(content, f.artifact.parts(dir)), f.account(n, content)
}

func patterns(content []byte, domain []string) []gitignore.Pattern {
	return sourceignore.ReadPatterns(bytes.NewReader(content), domain)
}

// rulesElsewhere says whether any folder of the source has rules: then the default rules do not hold anywhere. What was found is traced; that nothing is
// found is not, because it would make every commit touch the render.
func (f *FS) rulesElsewhere() (bool, error) {
	a := f.artifact
	if a.elsewhere == nil {
		top, err := f.peek(a.root)
		if err != nil {
			return false, err
		}
		found := f.findRules(a.root, top.oid)
		if found.err != nil {
			return false, found.err
		}
		has := found.rel != ""
		if has {
			f.trace.Add(path.Join(a.root, found.rel), trace.File, found.oid)
		}
		a.elsewhere = &has
	}
	return *a.elsewhere, nil
}

// ruleFile is where a file with rules was found, below the folder that was searched; without rel there is none.
type ruleFile struct {
	rel, oid string
	err      error
}

// findRules finds an ignore file with rules in or below a folder. What is known of a tree object stays known for as long as it is held.
func (f *FS) findRules(dir, oid string) ruleFile {
	found, _ := f.store.Memo(oid, "rule file", func() any {
		tree, err := f.store.Tree(oid)
		if err != nil {
			return ruleFile{err: err}
		}
		if e, ok := tree.Get(sourceignore.IgnoreFile); ok && e.Kind == objects.Blob {
			content, err := f.store.Blob(e.Oid)
			if err != nil || len(patterns(content, nil)) > 0 {
				return ruleFile{e.Name, e.Oid, err}
			}
		}
		return f.findRulesBelow(dir, tree)
	}).(ruleFile)
	return found
}

func (f *FS) findRulesBelow(dir string, tree *objects.Tree) ruleFile {
	folders := slices.DeleteFunc(slices.Clone(tree.Entries), func(e objects.Entry) bool {
		return e.Kind != objects.Dir || f.unlisted(path.Join(dir, e.Name))
	})
	oids := make([]string, len(folders))
	for i, e := range folders {
		oids[i] = e.Oid
	}
	if err := f.store.Prefetch(oids); err != nil {
		return ruleFile{err: err}
	}
	for _, e := range folders {
		if found := f.findRules(path.Join(dir, e.Name), e.Oid); found.err != nil || found.rel != "" {
			return ruleFile{path.Join(e.Name, found.rel), found.oid, found.err}
		}
	}
	return ruleFile{}
}
