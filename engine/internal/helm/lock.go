package helm

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	chart "helm.sh/helm/v4/pkg/chart/v2"
)

// resolved gives the dependencies as `helm dependency build` fetches them: those of the lock file, else those of the chart. A lock file that was made
// for other dependencies is an error, as for helm.
func resolved(c loaded) ([]*chart.Dependency, error) {
	wanted := c.Metadata.Dependencies
	if c.Lock == nil {
		return wanted, nil
	}
	locked := c.Lock.Dependencies
	inSync := len(locked) == len(wanted)
	for i := 0; inSync && i < len(wanted); i++ {
		inSync = locked[i] != nil && locked[i].Name == wanted[i].Name
	}
	v1 := c.Metadata.APIVersion == chart.APIVersionV1
	digest := c.Lock.Digest
	inSync = inSync && (digest == digestOf([2][]*chart.Dependency{wanted, locked}) ||
		v1 && digest == digestOf(map[string][]*chart.Dependency{"dependencies": wanted}))
	if inSync {
		return locked, nil
	}
	lock, list := "Chart.lock", "Chart.yaml"
	if v1 {
		lock, list = "requirements.lock", "requirements.yaml"
	}
	return nil, fault.New(fault.Input, path.Join(c.dir, lock),
		"the lock file (%s) is out of sync with the dependencies file (%s). Please update the dependencies", lock, list)
}

// digestOf is the digest that helm puts into lock files.
func digestOf(dependencies any) string {
	text, err := json.Marshal(dependencies)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
