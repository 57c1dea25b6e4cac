package protocol

import "strings"

// Git asks for the root tree of a repository; the revision may be of any kind.
func Git(url, revision string, submodules bool) any {
	type text struct {
		Kind string `json:"kind"`
		Text string `json:"text"`
	}
	return struct {
		Kind       string `json:"kind"`
		URL        string `json:"url"`
		Revision   text   `json:"revision"`
		Submodules bool   `json:"submodules"`
	}{"git", url, text{"any", revision}, submodules}
}

// File asks for a tree with one file.
func File(url string) any {
	return struct {
		Kind string `json:"kind"`
		URL  string `json:"url"`
	}{"file", url}
}

// Chart asks for the folder of a chart of a repository or registry. An empty version is the newest.
func Chart(repository, name, version string) any {
	if strings.HasPrefix(repository, "oci://") {
		return struct {
			Kind    string `json:"kind"`
			URL     string `json:"url"`
			Version string `json:"version"`
		}{"oci-chart", strings.TrimSuffix(repository, "/") + "/" + name, version}
	}
	return struct {
		Kind       string `json:"kind"`
		Repository string `json:"repository"`
		Chart      string `json:"chart"`
		Version    string `json:"version"`
	}{"helm", repository, name, version}
}

// ChartReference names a chart of a repository in one text.
func ChartReference(repository, name, version string) string {
	reference := strings.TrimSuffix(repository, "/") + "/" + name
	if version != "" {
		reference += ":" + version
	}
	return reference
}
