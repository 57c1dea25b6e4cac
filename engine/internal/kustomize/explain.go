package kustomize

import (
	"bytes"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/gitfs"
	"github.com/sluice-gitops/sluice/engine/internal/yamldoc"
)

var (
	formatError = regexp.MustCompile(`YAML file \[([^\]]+)\] encounters a format error\.\n`)
	malformed   = regexp.MustCompile(`(?s)MalformedYAMLError: (.*?) in File: (\S+)`)
	recursed    = regexp.MustCompile(`recursed (?:accumulation of|merging from) path '([^']*)': `)
	tried       = regexp.MustCompile(`(?s)^accumulation err='.*?': read [^']*: is a directory': `)
	inPath      = regexp.MustCompile(`couldn't make target for path '([^']*)': `)
)

// wrappers are steps of kustomize's own that tell a reader nothing.
var wrappers = []string{"accumulating resources: ", "accumulating components: ", "loading generator plugins: "}

// explain turns an error of kustomize into a fault that names the file and what is wrong with it.
func (r *run) explain(err error) *fault.Fault {
	var known *fault.Fault
	if errors.As(err, &known) {
		return known
	}
	text := clean(err.Error())
	for _, step := range []func(string) *fault.Fault{r.explainMissing, r.explainFormat, r.explainRefused} {
		if f := step(text); f != nil {
			f.Cause = err
			return f
		}
	}
	if r.left != nil {
		// It may fail only for what was left out.
		return r.left
	}
	file, message := r.unwrap(text)
	f := fault.New(fault.Input, file, "%s", message)
	f.Cause = err
	return f
}

var (
	// dumped is kustomize's dump of Go values, with addresses that differ from run to run.
	dumped = regexp.MustCompile(`(?s)\s*(--\s*)?&resource\.Resource\{.*`)
	// configured is the whole configuration of a generator, which may hold secret values.
	configured = regexp.MustCompile("(?s) with config: `\n.*?`(: |$)")
)

// clean takes out what a reader must not or need not see.
func clean(text string) string {
	text = gitfs.Strip(text)
	text = configured.ReplaceAllString(text, "$1")
	return strings.TrimSpace(dumped.ReplaceAllString(text, ""))
}

// explainMissing is for a reference to a file or directory that is not there.
func (r *run) explainMissing(text string) *fault.Fault {
	if !strings.Contains(text, "doesn't exist") {
		return nil
	}
	for _, m := range slices.Backward(r.missing) {
		where := path.Join(m.dir, m.reference)
		if strings.ContainsRune(m.reference, '\n') || !strings.Contains(text, "'"+where+"' doesn't exist") {
			continue
		}
		file := r.kustomizationOf(gitfs.Abs(m.dir))
		return fault.New(fault.Input, file, "%q is referenced but does not exist", where).At(r.lineOf(file, m.reference))
	}
	return nil
}

// explainFormat is for content that does not parse.
func (r *run) explainFormat(text string) *fault.Fault {
	name := ""
	if found := formatError.FindStringSubmatch(text); found != nil {
		name = found[1]
		_, text, _ = strings.Cut(text, found[0])
	} else if found := malformed.FindStringSubmatch(text); found != nil {
		name, text = found[2], found[1]
	}
	if name == "" {
		if !strings.Contains(text, "invalid Kustomization") {
			return nil
		}
		_, text, _ = strings.Cut(text, "invalid Kustomization: ")
		name = "invalid kustomization"
	}
	file := r.lastFile
	if name != "invalid kustomization" && path.Base(name) != path.Base(file) {
		file = path.Join(r.lastDir, name)
	}
	f := fault.New(fault.Input, file, "%s", strings.TrimSpace(text))
	if content, err := r.fs.ReadFile(gitfs.Abs(file)); err == nil {
		if message, line := yamldoc.Fault(r.inTree(file, content)); message != "" {
			f.Message, f.Line = message, line
		}
	}
	return f
}

// explainRefused is for what kustomize itself does not allow here.
func (r *run) explainRefused(text string) *fault.Fault {
	file, message := r.unwrap(text)
	switch {
	case strings.Contains(text, "security; file "):
		return fault.New(fault.Refused, file, "%s; kustomize reads files only in or below the kustomization's own directory", message)
	case strings.Contains(text, "external plugins disabled"), strings.Contains(text, "plugin is disabled"):
		return fault.New(fault.Refused, file, "%s; the engine runs no programs, containers or functions", message)
	default:
		return nil
	}
}

// unwrap takes off the steps on the way to an error and gives the innermost kustomization that it names.
func (r *run) unwrap(text string) (file, message string) {
	file = r.kustomizationOf(gitfs.Abs(r.rootDir))
	for {
		before := text
		for _, w := range wrappers {
			text = strings.TrimPrefix(text, w)
		}
		text = strings.TrimPrefix(text, tried.FindString(text))
		for _, form := range []*regexp.Regexp{recursed, inPath} {
			if found := form.FindStringSubmatchIndex(text); found != nil && found[0] == 0 {
				file = r.kustomizationOf(gitfs.Abs(text[found[2]:found[3]]))
				text = text[found[1]:]
			}
		}
		if text == before {
			return file, text
		}
	}
}

// inTree gives what the tree has in the place of a file that a controller wrote.
func (r *run) inTree(file string, content []byte) []byte {
	if original, ok := r.options.Written[file]; ok {
		return original
	}
	return content
}

// lineOf finds the line of a file that holds the text, 0 when none does.
func (r *run) lineOf(file, text string) int {
	content, err := r.fs.ReadFile(gitfs.Abs(file))
	if err != nil || text == "" {
		return 0
	}
	line := 0
	for row := range bytes.Lines(r.inTree(file, content)) {
		line++
		if bytes.Contains(row, []byte(text)) && !bytes.HasPrefix(bytes.TrimSpace(row), []byte("#")) {
			return line
		}
	}
	return 0
}
