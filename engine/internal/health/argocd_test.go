package health

import (
	"encoding/json"
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/v3/resource_customizations"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

type argoTest struct {
	InputPath    string
	HealthStatus struct{ Status, Message string }
}

// eachArgoTest calls back for each of Argo CD's own tests of its health scripts.
func eachArgoTest(t *testing.T, do func(t *testing.T, folder string, test argoTest, object map[string]any)) (scripts, cases int) {
	t.Helper()
	files := resource_customizations.Embedded
	err := fs.WalkDir(files, ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || path.Base(file) != "health.lua" {
			return err
		}
		scripts++
		folder := path.Dir(file)
		var list struct{ Tests []argoTest }
		read(t, path.Join(folder, "health_test.yaml"), &list)
		for _, test := range list.Tests {
			cases++
			t.Run(path.Join(folder, test.InputPath), func(t *testing.T) {
				object := map[string]any{}
				read(t, path.Join(folder, test.InputPath), &object)
				do(t, folder, test, object)
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return scripts, cases
}

func read(t *testing.T, file string, into any) {
	t.Helper()
	text, err := resource_customizations.Embedded.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(file, err)
	}
}

func TestArgoCDsScriptsPassArgoCDsTests(t *testing.T) {
	scripts, cases := eachArgoTest(t, func(t *testing.T, folder string, test argoTest, object map[string]any) {
		u := &unstructured.Unstructured{Object: object}
		s, ok := scriptFor(u.GroupVersionKind().GroupKind())
		if !ok {
			t.Fatal("no script is found for the object")
		}
		got, err := runScript(u, s.source, s.name)
		if err != nil {
			t.Fatal(err)
		}
		if got.status != test.HealthStatus.Status || strings.TrimSpace(got.message) != strings.TrimSpace(test.HealthStatus.Message) {
			t.Errorf("got %q %q, want %q %q", got.status, got.message, test.HealthStatus.Status, test.HealthStatus.Message)
		}
	})
	if scripts != 238 || cases != 1142 {
		t.Errorf("%d scripts and %d cases were run; the module has 238 and 1142", scripts, cases)
	}
}

func TestScriptsDecideButForWhatIsDeletedOrNotYetSeen(t *testing.T) {
	older := 0
	_, _ = eachArgoTest(t, func(t *testing.T, _ string, test argoTest, object map[string]any) {
		got := (&Rules{}).assessed(t, object)
		u := &unstructured.Unstructured{Object: object}
		switch {
		case u.GetDeletionTimestamp() != nil:
			if got.Status != Terminating {
				t.Errorf("got %v of what is being deleted", got)
			}
		case got.Status != argoStatuses[test.HealthStatus.Status]:
			older++
			if got.Status != Progressing || !strings.HasPrefix(got.Message, "the controller has not seen the newest generation yet") {
				t.Errorf("got %v, want %v", got, test.HealthStatus)
			}
		}
	})
	if older != 5 {
		t.Errorf("%d cases are of an older generation; the module has 5", older)
	}
}

// assessed asks for the object as the host would.
func (r *Rules) assessed(t *testing.T, object map[string]any) Verdict {
	t.Helper()
	raw, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return r.Assess(raw)
}
