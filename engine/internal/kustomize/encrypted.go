package kustomize

import (
	"bytes"
	"path"
	"regexp"
	"slices"

	"github.com/sluice-gitops/sluice/engine/internal/protocol"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// encryptedMark is what SOPS leaves in each of its formats: YAML and JSON (and JSON around any other file), dotenv, INI.
var encryptedMark = regexp.MustCompile(`(?m)^sops:\s*$|"sops":\s*\{|^sops_mac=|^\[sops\]\s*$`)

func isEncrypted(content []byte) bool {
	return bytes.Contains(content, []byte("ENC[AES256_GCM,")) && encryptedMark.Match(content)
}

// warnEncrypted says what an encrypted file of a generator makes of the name.
func (r *run) warnEncrypted(file string) {
	r.warn(file, "the file is encrypted with SOPS: what is generated of it holds the encrypted text here, and a name with a hash has another hash in the cluster")
}

func (r *run) warn(file, message string) {
	w := protocol.Warning{Message: message, File: file}
	if !slices.Contains(r.warnings, w) {
		r.warnings = append(r.warnings, w)
	}
}

// withoutEncrypted takes the patches out of a kustomization whose files are encrypted: nobody here can read them.
func (l *loader) withoutEncrypted(file string, content []byte) []byte {
	var k types.Kustomization
	if !bytes.Contains(content, []byte("patches")) || yaml.Unmarshal(content, &k) != nil {
		return content
	}
	kept := slices.DeleteFunc(slices.Clone(k.Patches), func(p types.Patch) bool {
		if p.Path == "" {
			return false
		}
		text, err := l.Loader.Load(p.Path)
		if err != nil || !isEncrypted(text) {
			return false
		}
		l.run.warn(path.Join(path.Dir(file), p.Path), "the patch is encrypted with SOPS and left out: what it changes is not shown")
		return true
	})
	if len(kept) == len(k.Patches) {
		return content
	}
	k.Patches = kept
	if rewritten, err := yaml.Marshal(k); err == nil {
		return rewritten
	}
	return content
}
