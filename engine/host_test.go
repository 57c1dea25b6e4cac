package main_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// engineBinary is the engine that all tests use: it is tested as its hosts use it, as a process. SLUICE_ENGINE names one
// that was built from these sources, as `npm test` does; without it they are built first, which takes seconds to link.
var (
	engineBinary  = os.Getenv("SLUICE_ENGINE")
	engineIsGiven = engineBinary != ""
)

func TestMain(m *testing.M) {
	if engineIsGiven {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "engine-test")
	if err != nil {
		panic(err)
	}
	engineBinary = filepath.Join(dir, "engine")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", engineBinary, ".")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// repo is a real Git repository; object ids are asked of one `git cat-file --batch`.
type repo struct {
	dir string
	mu  sync.Mutex
	in  io.WriteCloser
	out *bufio.Reader
}

func git(t testing.TB, dir, input string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir}, args...)...)
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

func newRepo(t testing.TB) *repo {
	t.Helper()
	r := &repo{dir: t.TempDir()}
	git(t, r.dir, "", "init", "-q")
	cat := exec.Command("git", "-C", r.dir, "cat-file", "--batch")
	in, err := cat.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cat.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cat.Start(); err != nil {
		t.Fatal(err)
	}
	r.in, r.out = in, bufio.NewReader(out)
	t.Cleanup(func() {
		_ = in.Close()
		_ = cat.Wait()
	})
	return r
}

// addFolder writes a folder of the disk as a tree and gives its id.
func (r *repo) addFolder(t testing.TB, folder string) string {
	t.Helper()
	index := filepath.Join(t.TempDir(), "index")
	cmd := exec.Command("git", "--git-dir", filepath.Join(r.dir, ".git"), "--work-tree", folder, "add", "-A", "-f", ".")
	cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+index)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git add: %v: %s", err, out)
	}
	cmd = exec.Command("git", "-C", r.dir, "write-tree")
	cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+index)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// entry is one file of a made-up tree: mode 100644 unless said otherwise.
type entry struct{ mode, content string }

// addFiles writes a tree from paths and gives its id. A mode of 120000 makes a link, 160000 a submodule.
func (r *repo) addFiles(t testing.TB, files map[string]entry) string {
	t.Helper()
	index := filepath.Join(t.TempDir(), "index")
	var lines strings.Builder
	for name, e := range files {
		mode := e.mode
		if mode == "" {
			mode = "100644"
		}
		oid := e.content
		if mode != "160000" {
			oid = git(t, r.dir, e.content, "hash-object", "-w", "--stdin")
		}
		fmt.Fprintf(&lines, "%s %s\t%s\n", mode, oid, name)
	}
	for _, step := range []struct {
		input string
		args  []string
	}{{lines.String(), []string{"update-index", "--add", "--index-info"}}, {"", []string{"write-tree", "--missing-ok"}}} {
		cmd := exec.Command("git", append([]string{"-C", r.dir}, step.args...)...)
		cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+index)
		cmd.Stdin = strings.NewReader(step.input)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", step.args, err)
		}
		if step.args[0] == "write-tree" {
			return strings.TrimSpace(string(out))
		}
	}
	return ""
}

// mount gives the tree with other trees in it, by their paths.
func (r *repo) mount(t testing.TB, tree string, mounts map[string]string) string {
	t.Helper()
	index := filepath.Join(t.TempDir(), "index")
	run := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-C", r.dir}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+index)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	run("read-tree", tree)
	for at, oid := range mounts {
		run("read-tree", "--prefix="+at+"/", oid)
	}
	return run("write-tree", "--missing-ok")
}

func text(files map[string]string) map[string]entry {
	out := map[string]entry{}
	for name, content := range files {
		out[name] = entry{content: content}
	}
	return out
}

func (r *repo) object(oid string) (kind string, body []byte, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := fmt.Fprintln(r.in, oid); err != nil {
		return "", nil, err
	}
	line, err := r.out.ReadString('\n')
	if err != nil {
		return "", nil, err
	}
	fields := strings.Fields(line)
	if len(fields) < 3 {
		return "missing", nil, nil
	}
	var size int
	if _, err := fmt.Sscan(fields[2], &size); err != nil {
		return "", nil, err
	}
	body = make([]byte, size+1)
	if _, err := io.ReadFull(r.out, body); err != nil {
		return "", nil, err
	}
	return fields[1], body[:size], nil
}

// engine is one process.
type engine struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	hello map[string]any
	asked [][]string
	next  int
}

func start(t testing.TB, env ...string) *engine {
	t.Helper()
	cmd := exec.Command(engineBinary)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	e := &engine{cmd: cmd, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	header, _, err := e.read()
	if err != nil {
		t.Fatal(err)
	}
	e.hello = header
	return e
}

func (e *engine) read() (map[string]any, []byte, error) {
	var sizes [8]byte
	if _, err := io.ReadFull(e.out, sizes[:]); err != nil {
		return nil, nil, err
	}
	frame := make([]byte, int(binary.BigEndian.Uint32(sizes[:4]))+int(binary.BigEndian.Uint32(sizes[4:])))
	if _, err := io.ReadFull(e.out, frame); err != nil {
		return nil, nil, err
	}
	n := binary.BigEndian.Uint32(sizes[:4])
	var header map[string]any
	if err := json.Unmarshal(frame[:n], &header); err != nil {
		return nil, nil, err
	}
	return header, frame[n:], nil
}

func (e *engine) write(header map[string]any, body []byte) error {
	h, err := json.Marshal(header)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	var sizes [8]byte
	binary.BigEndian.PutUint32(sizes[:4], uint32(len(h)))
	binary.BigEndian.PutUint32(sizes[4:], uint32(len(body)))
	b.Write(sizes[:])
	b.Write(h)
	b.Write(body)
	_, err = e.in.Write(b.Bytes())
	return err
}

// request is what a test asks for.
type request struct {
	tree, path, kind, output string
	options                  map[string]any
	limits                   map[string]any
	overlay                  map[string][]byte
	// mounts are the trees of other sources by their paths, remotes the paths by what files name.
	mounts, remotes map[string]string
}

// answer is what came back: a result or an error.
type answer struct {
	header map[string]any
	body   []byte
}

func (a answer) failed() bool { return a.header["type"] == "error" }
func (a answer) message() string {
	m, _ := a.header["message"].(string)
	return m
}

func (a answer) trace() [][]string {
	var out [][]string
	list, _ := a.header["trace"].([]any)
	for _, e := range list {
		var row []string
		for _, v := range e.([]any) {
			row = append(row, v.(string))
		}
		out = append(out, row)
	}
	return out
}

// render asks for one render and serves the objects.
func (e *engine) render(t testing.TB, r *repo, q request) answer {
	t.Helper()
	e.next++
	if q.kind == "" {
		q.kind = "kustomize"
	}
	if q.output == "" {
		q.output = "yaml"
	}
	e.asked = nil
	header := map[string]any{"type": "render", "id": e.next, "tree": q.tree, "path": q.path, "kind": q.kind, "output": q.output}
	if q.options != nil {
		header["options"] = q.options
	}
	if q.limits != nil {
		header["limits"] = q.limits
	}
	if q.overlay != nil {
		header["overlay"] = q.overlay
	}
	if q.mounts != nil {
		header["tree"], header["remotes"] = r.mount(t, q.tree, q.mounts), q.remotes
		header["mounts"] = slices.Sorted(maps.Keys(q.mounts))
	}
	if err := e.write(header, nil); err != nil {
		t.Fatalf("the engine does not take a request: %v", err)
	}
	deadline := time.AfterFunc(60*time.Second, func() { _ = e.cmd.Process.Kill() })
	defer deadline.Stop()
	for {
		h, body, err := e.read()
		if err != nil {
			t.Fatalf("the engine ended: %v", err)
		}
		if h["type"] != "need" {
			if h["id"] != float64(e.next) {
				t.Fatalf("answer to %v, asked %d", h["id"], e.next)
			}
			return answer{h, body}
		}
		var oids []string
		for _, oid := range h["oids"].([]any) {
			oids = append(oids, oid.(string))
		}
		e.asked = append(e.asked, oids)
		for _, oid := range oids {
			kind, body, err := r.object(oid)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.write(map[string]any{"type": "object", "oid": oid, "kind": kind}, body); err != nil {
				t.Fatal(err)
			}
		}
	}
}
